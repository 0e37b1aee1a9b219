//go:build !nri08

package main

import (
	"context"
	"fmt"

	"github.com/containerd/nri/pkg/api"
	"google.golang.org/protobuf/proto"
)

const version = "0.12"

// event has an event happen, as containerd does.
func (r *runtime) event(method string, value []byte) (proto.Message, error) {
	ctx, a := context.Background(), r.adaptation
	switch method {
	case "RunPodSandbox":
		return nil, with(value, &api.RunPodSandboxRequest{}, func(m *api.RunPodSandboxRequest) error { return a.RunPodSandbox(ctx, m) })
	case "StopPodSandbox":
		return nil, with(value, &api.StopPodSandboxRequest{}, func(m *api.StopPodSandboxRequest) error { return a.StopPodSandbox(ctx, m) })
	case "RemovePodSandbox":
		return nil, with(value, &api.RemovePodSandboxRequest{}, func(m *api.RemovePodSandboxRequest) error { return a.RemovePodSandbox(ctx, m) })
	case "PostUpdatePodSandbox":
		return nil, with(value, &api.PostUpdatePodSandboxRequest{}, func(m *api.PostUpdatePodSandboxRequest) error { return a.PostUpdatePodSandbox(ctx, m) })
	case "PostCreateContainer":
		return nil, with(value, &api.PostCreateContainerRequest{}, func(m *api.PostCreateContainerRequest) error { return a.PostCreateContainer(ctx, m) })
	case "StartContainer":
		return nil, with(value, &api.StartContainerRequest{}, func(m *api.StartContainerRequest) error { return a.StartContainer(ctx, m) })
	case "PostStartContainer":
		return nil, with(value, &api.PostStartContainerRequest{}, func(m *api.PostStartContainerRequest) error { return a.PostStartContainer(ctx, m) })
	case "PostUpdateContainer":
		return nil, with(value, &api.PostUpdateContainerRequest{}, func(m *api.PostUpdateContainerRequest) error { return a.PostUpdateContainer(ctx, m) })
	case "RemoveContainer":
		return nil, with(value, &api.RemoveContainerRequest{}, func(m *api.RemoveContainerRequest) error { return a.RemoveContainer(ctx, m) })
	case "UpdatePodSandbox":
		request, err := decoded(value, &api.UpdatePodSandboxRequest{})
		if err != nil {
			return nil, err
		}
		return a.UpdatePodSandbox(ctx, request)
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
	case "AdjustedContainer":
		return adjusted(value)
	}
	return nil, fmt.Errorf("there is no %q", method)
}

func with[M proto.Message](value []byte, message M, do func(M) error) error {
	if err := proto.Unmarshal(value, message); err != nil {
		return err
	}
	return do(message)
}
