import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { KeyTestReport } from '$lib/ipc/contract/KeyTestReport';

/** A test that could not even be made. */
export function failedReport(error: IpcError): KeyTestReport {
  return { reachable: false, accepted: null, models: null, tookMs: 0, error };
}
