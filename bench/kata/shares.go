package virtcontainers

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// BenchShares does a job of bench/kata.ts, whose sources are in a directory, and prints its milliseconds. All of it is in the package,
// because what a container is made of is private to it.
func BenchShares(job, directory string, count int) error {
	virtLog.Logger.SetOutput(io.Discard)
	kataHostSharedDir = func() string { return filepath.Join(directory, "kata") }
	if err := os.MkdirAll(kataHostSharedDir(), DirMode); err != nil {
		return err
	}
	start := time.Now()
	bench, err := prepareBench(directory)
	if err != nil {
		return err
	}
	if job == "container" {
		if _, err := bench.share.ShareRootFilesystem(bench.ctx, bench.container); err != nil {
			return err
		}
	}
	if err := bench.shareFiles(count, job != "files-rw"); err != nil {
		return err
	}
	if job == "unshare" {
		start = time.Now()
	}
	if err := bench.unshareFiles(); err != nil {
		return err
	}
	elapsed := time.Since(start)
	if job == "container" {
		if err := bench.share.UnshareRootFilesystem(bench.ctx, bench.container); err != nil {
			return err
		}
	}
	if err := bench.share.Cleanup(bench.ctx); err != nil {
		return err
	}
	if job != "unshare" {
		elapsed = time.Since(start)
	}
	fmt.Println(float64(elapsed.Microseconds()) / 1000)
	return nil
}

type shareBench struct {
	ctx       context.Context
	directory string
	share     *FilesystemShare
	container *Container
	mounts    []*Mount
}

func prepareBench(directory string) (*shareBench, error) {
	ctx := context.Background()
	sandbox := &Sandbox{
		ctx:        ctx,
		id:         "s1",
		config:     &SandboxConfig{ID: "s1"},
		hypervisor: &mockHypervisor{},
		agent:      NewMockAgent(),
		containers: map[string]*Container{},
	}
	share, err := NewFilesystemShare(sandbox)
	if err != nil {
		return nil, err
	}
	sandbox.fsShare = share
	container := &Container{
		ctx:          ctx,
		id:           "c1",
		sandboxID:    sandbox.id,
		sandbox:      sandbox,
		config:       &ContainerConfig{ID: "c1"},
		rootfsSuffix: "rootfs",
		rootFs:       RootFs{Target: filepath.Join(directory, "rootfs"), Mounted: true},
	}
	bench := &shareBench{ctx: ctx, directory: directory, share: share, container: container}
	return bench, share.Prepare(ctx)
}

func (b *shareBench) shareFiles(count int, readOnly bool) error {
	for i := 0; i < count; i++ {
		mount := &Mount{
			Source:      filepath.Join(b.directory, "sources", fmt.Sprintf("f%d", i)),
			Destination: fmt.Sprintf("/etc/f%d", i),
			Type:        "bind",
			ReadOnly:    readOnly,
		}
		if _, err := b.share.ShareFile(b.ctx, b.container, mount); err != nil {
			return err
		}
		b.mounts = append(b.mounts, mount)
	}
	return nil
}

func (b *shareBench) unshareFiles() error {
	for _, mount := range b.mounts {
		if err := b.share.UnshareFile(b.ctx, b.container, mount); err != nil {
			return err
		}
	}
	return nil
}
