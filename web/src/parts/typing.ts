/** Does a key mean a letter now? Somebody types, or is asked something. Pure. */

export function isTyping(event: KeyboardEvent): boolean {
  const isIn = event.target instanceof Element && event.target.closest('input, select, textarea, dialog') !== null;
  return isIn || event.ctrlKey || event.metaKey || event.altKey || event.repeat;
}
