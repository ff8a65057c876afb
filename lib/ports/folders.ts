/** A folder opened so that no mount can come between us and it. */
export interface PinnedFolder {
  /** The id of the mount it lies on, as in mountinfo. */
  readonly mountId: number;
  /** Names inside, at most `limit`. */
  names(limit: number): string[];
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
