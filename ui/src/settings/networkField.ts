import type { IpcError } from '$lib/ipc/contract/IpcError';

/** The fields an error of the network can belong to. */
export type NetworkField = 'proxy' | 'password' | 'ca' | 'idle';

/** At which field an error is shown. */
export function networkField({ code, args }: IpcError): NetworkField {
  if (code.startsWith('keyring') || code === 'key_not_usable') return 'password';
  const { parameter } = args;
  if (parameter === 'idle_seconds') return 'idle';
  const ofFile = ['certificate', 'file_not_found', 'file_not_readable', 'not_a_file'];
  return parameter === 'ca_file' || ofFile.includes(code) ? 'ca' : 'proxy';
}
