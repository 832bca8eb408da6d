import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type CaseRowResponse = Schemas['CaseRowResponse'];
export type CaseResponse = Schemas['CaseResponse'];
export type MeResponse = Schemas['MeResponse'];

/** What the API says when it refuses: a stable type and words. */
export class ApiError extends Error {
  constructor(
    readonly kind: string,
    detail: string,
    readonly status: number,
    readonly fields: Record<string, unknown> = {},
  ) {
    super(detail);
  }
}

let csrf = '';
/** Each act repeats this word, so that no other site can act in our name. */
export const setCsrfToken = (word: string) => (csrf = word);

export const api = createClient<paths>({ baseUrl: '/' });
api.use({
  onRequest({ request }) {
    if (csrf) request.headers.set('x-vigie-csrf', csrf);
    return request;
  },
});

type Result<T> = { data?: T; error?: unknown; response: Response };

/** The answer, or a refusal thrown. */
export async function unwrap<T>(call: Promise<Result<T>>): Promise<T> {
  let result: Result<T>;
  try {
    result = await call;
  } catch {
    throw new ApiError('offline', '', 0);
  }
  if (result.response.ok) return result.data as T;
  throw refusal(result.error, result.response.status);
}

function refusal(body: unknown, status: number): ApiError {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const kind = String(problem['type'] ?? '').replace('urn:vigie:problem:', '') || 'unknown';
  return new ApiError(kind, String(problem['detail'] ?? ''), status, problem);
}

/** Sends a file as it is; `told` hears what part has left. */
export function sendFile<T>(
  path: string,
  file: File,
  onProgress: (part: number) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', path);
    request.setRequestHeader('x-vigie-csrf', csrf);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = (event) => onProgress(event.loaded / Math.max(1, event.total));
    request.onerror = () => reject(new ApiError('offline', '', 0));
    request.onload = () => {
      const body: unknown = JSON.parse(request.responseText || '{}');
      if (request.status < 300) resolve(body as T);
      else reject(refusal(body, request.status));
    };
    request.send(file);
  });
}

/** Sends a form with files. */
export async function sendForm<T>(
  method: 'POST' | 'PUT',
  path: string,
  form: FormData,
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { method, body: form, headers: { 'x-vigie-csrf': csrf } });
  } catch {
    throw new ApiError('offline', '', 0);
  }
  const body: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw refusal(body, response.status);
  return body as T;
}
