// Kata's own FilesystemShare as a program, for bench/kata.ts, which builds it in a checkout of Kata.
package main

import (
	"fmt"
	"os"
	"strconv"

	vc "github.com/kata-containers/kata-containers/src/runtime/virtcontainers"
)

// <job> <directory> <shares>
func main() {
	count, err := strconv.Atoi(os.Args[3])
	if err == nil {
		err = vc.BenchShares(os.Args[1], os.Args[2], count)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
