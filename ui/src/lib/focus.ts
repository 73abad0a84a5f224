/** Is the person typing or choosing there? Nothing then takes the focus away by itself. */
export function isHeld(element: Element | null): boolean {
  if (!element) return false;
  return (
    element.matches('input, textarea, select, [contenteditable]') ||
    element.closest('[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]') !==
      null
  );
}

/** Is something open above the page that Escape closes first? */
export function isAbove(): boolean {
  return document.querySelector('[role="alertdialog"], [role="dialog"], [role="menu"]') !== null;
}
