import { createContext } from 'svelte';
import type { Backend } from './backend';

/** The app, for parts that know nothing of the page's state. */
export const [useBackend, provideBackend] = createContext<Backend>();
