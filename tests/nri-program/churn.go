package main

import (
	"fmt"

	"github.com/containerd/nri/pkg/api"
	"google.golang.org/protobuf/proto"
)

// podLife are the events of a pod with one container, in their order, and whether they are about the container.
var podLife = []struct {
	method      string
	ofContainer bool
}{
	{"RunPodSandbox", false},
	{"CreateContainer", true},
	{"PostCreateContainer", true},
	{"StartContainer", true},
	{"PostStartContainer", true},
	{"StopContainer", true},
	{"RemoveContainer", true},
	{"StopPodSandbox", false},
	{"RemovePodSandbox", false},
}

// churn has pods start and end, one after the other, all made after the first pod and container of a state.
func (r *runtime) churn(first, count int, state []byte) error {
	made, err := decoded(state, &api.SynchronizeRequest{})
	if err != nil {
		return err
	}
	pod, container := made.Pods[0], made.Containers[0]
	for i := first; i < first+count; i++ {
		pod.Id = fmt.Sprintf("churned-%d", i)
		container.Id = fmt.Sprintf("container-%d", i)
		container.PodSandboxId = pod.Id
		if err := r.live(pod, container); err != nil {
			return fmt.Errorf("pod %d: %w", i, err)
		}
	}
	return nil
}

// live has all of a pod's events happen. A request has a pod as its first field, and a container as its second one.
func (r *runtime) live(pod *api.PodSandbox, container *api.Container) error {
	for _, event := range podLife {
		request := &api.CreateContainerRequest{Pod: pod}
		if event.ofContainer {
			request.Container = container
		}
		value, err := proto.Marshal(request)
		if err != nil {
			return err
		}
		if _, err := r.event(event.method, value); err != nil {
			return fmt.Errorf("%s: %w", event.method, err)
		}
	}
	return nil
}
