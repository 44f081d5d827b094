/** Who asks for something that is audited, and why. */
export interface Asker {
  readonly actor: string;
  readonly reason: string | null;
}
