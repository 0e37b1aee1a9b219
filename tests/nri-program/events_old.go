//go:build nri08

package main

import (
	"context"
	"fmt"

	"github.com/containerd/nri/pkg/api"
	"google.golang.org/protobuf/proto"
)

const version = "0.8"

// event has an event happen, as containerd does: all requests that are no calls have a pod and a container as their first fields.
func (r *runtime) event(method string, value []byte) (proto.Message, error) {
	ctx, a := context.Background(), r.adaptation
	changes := map[string]func(context.Context, *api.StateChangeEvent) error{
		"RunPodSandbox":       a.RunPodSandbox,
		"StopPodSandbox":      a.StopPodSandbox,
		"RemovePodSandbox":    a.RemovePodSandbox,
		"PostCreateContainer": a.PostCreateContainer,
		"StartContainer":      a.StartContainer,
		"PostStartContainer":  a.PostStartContainer,
		"PostUpdateContainer": a.PostUpdateContainer,
		"RemoveContainer":     a.RemoveContainer,
	}
	if change, ok := changes[method]; ok {
		request, err := decoded(value, &api.CreateContainerRequest{})
		if err != nil {
			return nil, err
		}
		return nil, change(ctx, &api.StateChangeEvent{Pod: request.Pod, Container: request.Container})
	}
	switch method {
	case "CreateContainer":
		request, err := decoded(value, &api.CreateContainerRequest{})
		if err != nil {
			return nil, err
		}
		return a.CreateContainer(ctx, request)
	case "UpdateContainer":
		request, err := decoded(value, &api.UpdateContainerRequest{})
		if err != nil {
			return nil, err
		}
		return a.UpdateContainer(ctx, request)
	case "StopContainer":
		request, err := decoded(value, &api.StopContainerRequest{})
		if err != nil {
			return nil, err
		}
		return a.StopContainer(ctx, request)
	}
	return nil, fmt.Errorf("there is no %q", method)
}
