/** The TeX of a formula, between its marks. */
function tex(formula: Element): string {
  const written = formula.querySelector('annotation')?.textContent ?? formula.textContent;
  const marks = formula.getAttribute('display') === 'block' ? '$$' : '$';
  return `${marks}${written}${marks}`;
}

/** The selected part of the page; a formula that is selected in part is whole. */
function selected(): DocumentFragment | null {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0).cloneRange();
  const formulaOf = (node: Node) =>
    (node instanceof Element ? node : node.parentElement)?.closest('math');
  const first = formulaOf(range.startContainer);
  const last = formulaOf(range.endContainer);
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  return range.cloneContents();
}

/** Formulas are copied as TeX where text is pasted, and as MathML where HTML is. */
export function copyFormulas(event: ClipboardEvent): void {
  const copied = selected();
  if (!event.clipboardData || !copied?.querySelector('math')) return;
  for (const bar of copied.querySelectorAll('.block-bar')) bar.remove();
  // Only what is laid out has lines.
  const page = document.createElement('div');
  page.className = 'prose copied';
  page.append(copied);
  const html = new XMLSerializer().serializeToString(page);
  // The TeX has its tag.
  for (const tag of page.querySelectorAll('.math-tag')) tag.remove();
  for (const formula of page.querySelectorAll('math')) formula.replaceWith(tex(formula));
  document.body.append(page);
  const text = page.innerText;
  page.remove();
  event.clipboardData.setData('text/plain', text);
  event.clipboardData.setData('text/html', html);
  event.preventDefault();
}
