import './app.css';
import './transcript/markdown.css';
import './transcript/math.css';
import { mount } from 'svelte';
import App from './page/App.svelte';
import type { Backend } from '$lib/ipc/backend';
import { tauri } from '$lib/ipc/tauri';

/**
 * The app where there is one, else a fake of it: `npm run dev` in a browser.
 * The fake is no part of a release build.
 */
async function backend(): Promise<Backend> {
  const inBrowser = !('__TAURI_INTERNALS__' in window);
  if ((import.meta.env.DEV || import.meta.env.MODE === 'fake') && inBrowser) {
    return (await import('$lib/ipc/fake')).fakeFromUrl();
  }
  return tauri;
}

const target = document.getElementById('app');
// No await at the top: what is fetched later leans on this very file.
if (target) void backend().then((backend) => mount(App, { target, props: { backend } }));
