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
  /** The group of mounts that it propagates to and from; 0 for none. */
  readonly peerGroup: number;
  /** The group that it follows; 0 for none. A slave may be shared, too. */
  readonly master: number;
  /** Its MOUNT_ATTR_* bits. */
  readonly attributes: number;
  readonly fstype: string;
}
