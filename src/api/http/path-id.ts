import { idForm, uuidOf, type IdKind } from '../../domain/ids.js';
import { badRequest } from './problem.js';

/** The uuid of an id in a path; another kind's id is a 400 that names the form. */
export function pathId(kind: IdKind, id: string): string {
  const uuid = uuidOf(kind, id);
  if (!uuid) throw badRequest(`id: expected ${idForm(kind)}`);
  return uuid;
}
