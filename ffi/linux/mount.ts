/** A mount of this namespace. */
export interface Mount {
  readonly id: number;
  readonly parent: number;
  /** What of its filesystem is mounted. */
  readonly root: string;
  /** Where. */
  readonly point: string;
  /** MS_SHARED, MS_SLAVE, MS_UNBINDABLE or MS_PRIVATE; a shared slave is shared. */
  readonly propagation: number;
  /** Its MOUNT_ATTR_* bits. */
  readonly attributes: number;
  readonly fstype: string;
}
