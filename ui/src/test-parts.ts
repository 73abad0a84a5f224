/** Fetches the parts that the page fetches when they are wanted: no test then waits for a compiler. */
export async function loadParts(): Promise<void> {
  await Promise.all([
    import('$lib/views/settings/Settings.svelte'),
    import('$lib/views/PickerPanel.svelte'),
    import('$lib/views/ConversationMenu.svelte'),
    import('$lib/parts/ConfirmDialog.svelte'),
    import('$lib/views/preview/PreviewDialog.svelte'),
  ]);
}
