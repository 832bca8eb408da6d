/**
 * What a form does when it is sent; sent again while that is under way, nothing: two clicks are
 * one. It ends as soon as it is refused, so that what was mended can be sent at once.
 */
export function submitOnce(
  act: (event: SubmitEvent) => Promise<unknown>,
): (event: SubmitEvent) => Promise<void> {
  let busy = false;
  return async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    try {
      await act(event);
    } finally {
      busy = false;
    }
  };
}
