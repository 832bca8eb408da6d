import type { Schemas } from '../api/client';

export type Connector = Schemas['ConnectorResponse'];
export type Field = Schemas['FieldResponse'];
/** What a field holds while it is filled in. */
export type Value = string | number | boolean;
/** What is filled in so far, by the names of the fields. */
export type Filled = Record<string, Value>;
type Settings = Record<string, unknown>;

const fieldsOf = (connector: Connector) => connector.sections.flatMap((it) => it.fields);

/** What a form holds when it opens: the settings there are, else what each field begins with. */
export function opened(connector: Connector, before?: Settings): Filled {
  const filled: Filled = {};
  for (const field of fieldsOf(connector)) {
    const stored = field.kind === 'secret' ? undefined : at(before, field.name);
    filled[field.name] = shown(stored ?? field.initial);
  }
  return filled;
}

/** Whether a field is asked for, now that the others hold these. */
export const isAsked = (field: Field, filled: Filled) =>
  !field.only_when || filled[field.only_when.name] === field.only_when.value;

/** What is filled in as settings: the dots of a name lead into objects, lists are parted. */
export function settings(connector: Connector, filled: Filled): Settings {
  const all: Settings = {};
  for (const field of fieldsOf(connector)) put(all, field.name, meant(field, filled[field.name]));
  return all;
}

/** Of what was suggested, what nobody filled in by hand while it was on its way. */
export const unlessChanged = (suggested: Filled, before: Filled, now: Filled): Filled =>
  Object.fromEntries(Object.entries(suggested).filter(([name]) => now[name] === before[name]));

const shown = (value: unknown): Value =>
  Array.isArray(value) ? value.join(', ') : ((value ?? '') as Value);

const meant = (field: Field, value: Value | undefined) =>
  field.kind === 'list'
    ? String(value ?? '')
        .split(/[\s,;]+/)
        .filter(Boolean)
    : value;

function at(settings: Settings | undefined, name: string): unknown {
  return name
    .split('.')
    .reduce<unknown>((within, part) => (within as Settings | undefined)?.[part], settings);
}

function put(settings: Settings, name: string, value: unknown) {
  const parts = name.split('.');
  const last = parts.pop() ?? name;
  let within = settings;
  for (const part of parts) within = (within[part] ??= {}) as Settings;
  within[last] = value;
}
