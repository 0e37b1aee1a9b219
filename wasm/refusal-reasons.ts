/** What is wrong, and what to do about it, by the code of a refusal. */
export const refusalReasons = {
  "not-json": "the request is not JSON",
  "too-large": "the request or its plan has more than 64 MiB",
  "wrong-type": "its type is wrong",
  "unknown-field": "no such field here",
  "duplicate-field": "the field is there twice; keep one",
  "missing-field": "the field is needed; add it",
  "unknown-word": "not one of the words of this field",
  "out-of-range": "not a whole number from 0 to 9007199254740991",
  "has-nul": "a NUL cannot be in a path, name or option; remove it",
  "lone-surrogate": "a lone surrogate cannot be written as UTF-8; correct the string",
  "not-utf8": "the bytes are not UTF-8",
  empty: "it is empty; give it a value",
  "bad-id": "an id is 1 to 237 letters, digits, '_', '.', '-', and begins with a letter or digit",
  "reserved-id": "the sandbox's own directories or shares have such a name; use another",
  "bad-random": "it has to be 16 lower-case hex digits, different for each mount",
  "bad-name": "it has to be the name of one file, of at most 255 bytes",
  "too-long": "the kernel takes paths of at most 4095 bytes",
  "too-many": "at most 100000 items are accepted, and of layers as many as a page of mount options can name",
  "not-absolute":
    "the path is relative; begin it with '/' (that of a mount or root filesystem may be relative to the bundle)",
  "has-dot-dot": "the path of this directory must not contain '..'; name it directly",
  "duplicate-name": "an earlier path has the same last name; both would get the same mount point",
  "unsupported-option": "a bind has no such option, and the kernel would ignore it",
  "conflicting-option": "it contradicts an earlier option; keep one",
  "bad-option": "the agent joins options with commas, and overlay splits at ':' and '\\\\'; use another path",
  "missing-option": "this kind of root filesystem needs an option with this beginning",
  "unsupported-type": "it is not a bind mount",
  "unsupported-root-filesystem": "the guest's agent has no handler for this kind of root filesystem",
  "unsupported-block-device-driver": "this driver cannot carry a root filesystem",
  "malformed-block-drive": "a root filesystem has to be a plain block device",
  "needs-sharing":
    "this sandbox shares no filesystem with its guest; use a sharedFs, or a disk, or let the guest pull",
  "needs-nydusd": 'a nydus image needs sharedFs "virtio-fs-nydus" and the hypervisor qemu or clh',
  "reserved-target": "the guest needs this place for itself, or for the shares; choose another target",
  "long-target":
    "the share's name is its target, with three bytes for each '/' and '%', and has at most 255; choose a shorter target",
  "not-base64": "padded standard base64 is expected",
  "bad-dm-verity": "the kernel's dm-verity would refuse it",
  "missing-image-name": "the guest has to pull an image, but no annotation names it",
  "missing-layers": "an erofs root filesystem needs the disks of its layers",
  "duplicate-address": "an earlier disk has the same address; the guest would mount that one twice",
  "not-a-disk": "the root filesystem has a blockDrive, but its source is neither a disk nor a disk image",
  "not-a-directory": "a root filesystem has to be a directory, or a disk by its fstype and blockDrive",
  "needs-mount-manager":
    "containerd's mount manager has to make this mount first; give the mounts that it activated",
  "wrong-length": "one is needed for each mount of the container",
  "missing-source": "the source does not exist",
  "device-source": "the source is a device; give it to the guest as one",
  "bad-page-size": "the size of its huge pages cannot be read from the filesystem's options",
  "file-of-the-host":
    "the volume is in the guest, which lacks this file of the host; mount the volume or a directory of it",
  "bad-size": "a tmpfs takes digits and k, m, g, t, p, e or %, such as size=64m",
  "missing-hugepage-limit": "huge pages of this size need a limit, of 1 to 9007199254740991 bytes",
  "other-container":
    "it is a share of another container; give the hostPath that shareFile returned for this one",
  "outside-sandbox":
    "it is not where this sandbox has such things; give the hostPath that shareFile returned, or what a table shows of this sandbox",
  "missing-step":
    "no step makes a share there; give the steps of all plans, as toMend of guestshare/table does",
} as const;

/** The reasons for a refusal. */
export type RefusalCode = keyof typeof refusalReasons;
