/**
 * Puts a text into the clipboard; false where the page may not. Without the permission to write
 * there, the older way of a selected field still works from within a click.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  const before = document.activeElement;
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  document.body.append(field);
  field.select();
  // Deprecated for editing; for copying nothing else works where permissions are denied.
  const page: { execCommand(command: 'copy'): boolean } = document;
  const copied = page.execCommand('copy');
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return copied;
}
