/** What of the page is on the screen. */
export class Navigation {
  /** Are the settings? */
  settingsOpen = $state(false);
  /** The part of them to show. */
  settingsTab = $state('providers');
  /** The provider to show there; `null` once it was shown. */
  settingsProvider = $state<string | null>(null);
  /** Are the parameters? */
  parametersOpen = $state(false);
  /** Is the picker of models? */
  modelsOpen = $state(false);
  /** Is a picture being looked at closely? */
  previewing = $state(false);
  /** Is the sidebar open, on a narrow window? */
  sidebarOpen = $state(false);

  /** Shows the settings, perhaps at a provider, or another part of them. */
  openSettings(provider: string | null = null, tab = 'providers'): void {
    this.settingsProvider = provider;
    this.settingsTab = tab;
    this.settingsOpen = true;
    this.sidebarOpen = false;
  }

  /** Opens the picker of models. */
  chooseModel(): void {
    this.settingsOpen = false;
    this.modelsOpen = true;
  }

  /** Shows the conversation. */
  showConversation(): void {
    this.settingsOpen = false;
    this.sidebarOpen = false;
  }
}
