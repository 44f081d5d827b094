/** The type of the failure that tells a reconcile run: your row has ended, another has taken your place. */
export const runEnded = 'ReconcileRunEnded';
