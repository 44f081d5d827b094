/** `id` as one path segment. An empty or dotted one would silently address another resource. */
export function segment(id: string): string {
  if (typeof id !== 'string' || id === '' || id === '.' || id === '..') throw new TypeError('id: a non-empty string');
  return encodeURIComponent(id);
}
