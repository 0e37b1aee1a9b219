//go:build !nri08

package main

import (
	"github.com/containerd/nri/pkg/api"
	"github.com/containerd/nri/pkg/runtime-tools/generate"
	"github.com/opencontainers/runtime-spec/specs-go"
	stock "github.com/opencontainers/runtime-tools/generate"
)

// adjusted is the container of a validation with its adjusted mounts, as containerd makes them.
func adjusted(value []byte) (*api.Container, error) {
	request, err := decoded(value, &api.ValidateContainerAdjustmentRequest{})
	if err != nil {
		return nil, err
	}
	spec := &specs.Spec{Linux: &specs.Linux{}}
	for _, mount := range request.Container.Mounts {
		spec.Mounts = append(spec.Mounts, mount.ToOCI(nil))
	}
	generator := stock.NewFromSpec(spec)
	if err := generate.SpecGenerator(&generator).AdjustMounts(request.Adjust.GetMounts()); err != nil {
		return nil, err
	}
	request.Container.Mounts = api.FromOCIMounts(spec.Mounts)
	return request.Container, nil
}
