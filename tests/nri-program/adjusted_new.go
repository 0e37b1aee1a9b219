//go:build !nri08

package main

import (
	"github.com/containerd/nri/pkg/api"
	"github.com/containerd/nri/pkg/runtime-tools/generate"
	"github.com/opencontainers/runtime-spec/specs-go"
)

// mounts is the part of a generator that mounts need: the library leaves the list itself to the runtime. A mount is removed by the
// spelling of its destination, the first one, as in containerd.
type mounts struct {
	generate.UnderlyingGenerator
	spec *specs.Spec
}

func (m mounts) Spec() *specs.Spec        { return m.spec }
func (m mounts) Mounts() []specs.Mount    { return m.spec.Mounts }
func (m mounts) ClearMounts()             { m.spec.Mounts = nil }
func (m mounts) AddMount(one specs.Mount) { m.spec.Mounts = append(m.spec.Mounts, one) }

func (m mounts) RemoveMount(destination string) {
	for i, one := range m.spec.Mounts {
		if one.Destination == destination {
			m.spec.Mounts = append(m.spec.Mounts[:i], m.spec.Mounts[i+1:]...)
			return
		}
	}
}

// adjusted is the container of a validation with its adjusted mounts.
func adjusted(value []byte) (*api.Container, error) {
	request, err := decoded(value, &api.ValidateContainerAdjustmentRequest{})
	if err != nil {
		return nil, err
	}
	spec := &specs.Spec{Linux: &specs.Linux{}}
	for _, mount := range request.Container.Mounts {
		spec.Mounts = append(spec.Mounts, mount.ToOCI(nil))
	}
	if err := generate.SpecGenerator(mounts{spec: spec}).AdjustMounts(request.Adjust.GetMounts()); err != nil {
		return nil, err
	}
	request.Container.Mounts = api.FromOCIMounts(spec.Mounts)
	return request.Container, nil
}
