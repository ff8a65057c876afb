/** A folder opened so that no mount can come between us and it. */
export interface PinnedFolder {
  /** The id of the mount it lies on, as in mountinfo. */
  readonly mountId: number;
  /** Names inside, at most `limit`. */
  names(limit: number): string[];
  /**
   * Keeps everybody from the folder who asks for the same, in whatever container, until it is given
   * back or we end. The folder may be closed before.
   *
   * @returns what gives it back; `taken` when somebody else has it; `undefined` where it cannot be had
   */
  lock(): (() => void) | "taken" | undefined;
  /** Takes an empty folder inside away. @returns whether that worked */
  removeEmpty(name: string): boolean;
  close(): void;
}

/** What {@link prepareFolder} needs of the world. */
export interface Folders {
  /** Opens without asking the file system (`O_PATH`); `undefined` when nothing is there. @throws */
  pin(path: string): PinnedFolder | undefined;
  /** Makes a folder and those above it. @throws when the system refuses */
  make(path: string): void;
}
