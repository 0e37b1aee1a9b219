import type { Example } from "./example.ts";

const volumes = "/var/lib/kubelet/pods/8d1f0c3e/volumes";

const mounts = (name: string, own: string) => `{
  "ociVersion": "1.2.0",
  "root": { "path": "rootfs", "readonly": ${name === "web"} },
  "annotations": {
    "io.kubernetes.cri.container-type": "container",
    "io.kubernetes.cri.sandbox-id": "pod1"
  },
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/dev/shm", "type": "bind", "source": "/run/shm-of-pod1", "options": ["rbind", "rw"] },
    { "destination": "/etc/hosts", "type": "bind", "source": "/var/lib/kubelet/pods/8d1f0c3e/etc-hosts", "options": ["rbind", "rprivate", "rw"] },
    { "destination": "/etc/app", "type": "bind", "source": "${volumes}/kubernetes.io~configmap/app", "options": ["rbind", "ro"] },
${own}
  ]
}
`;

const web = `    { "destination": "/srv/www", "type": "bind", "source": "/srv/www", "options": ["rbind", "ro"] },
    { "destination": "/cache", "type": "bind", "source": "${volumes}/kubernetes.io~empty-dir/cache", "options": ["rbind", "rw"] }`;

const logger = `    { "destination": "/var/log/app", "type": "bind", "source": "/srv/logs", "options": ["rbind", "rw"] },
    { "destination": "/sys/fs/cgroup", "type": "bind", "source": "/sys/fs/cgroup", "options": ["rbind", "ro"] }`;

/** What most people have: two containers that share files, a configmap, and memory. */
export const pod: Example = {
  name: "pod",
  title: "A pod",
  teaches: "Two containers that use one configmap: it is shared once, and the agent watches it for updates.",
  state: {
    from: "bundle",
    sandbox: { id: "pod1", shmSize: 67108864 },
    containers: [
      { config: mounts("web", web), beside: '{ "id": "web", "bundle": "/run/bundles/web" }\n' },
      { config: mounts("logger", logger), beside: '{ "id": "logger", "bundle": "/run/bundles/logger" }\n' },
    ],
    facts: {
      [`${volumes}/kubernetes.io~configmap/app`]: { files: 3 },
      [`${volumes}/kubernetes.io~empty-dir/cache`]: { filesystem: "tmpfs" },
    },
  },
};
