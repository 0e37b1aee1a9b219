/*
 * What runs in the sandboxes and containers of the tried node: it waits until it is told to end. An argument is how many milliseconds it waits.
 *
 *	cc -static -O2 -o pause pause.c
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void end(int signal)
{
	(void)signal;
	_exit(0);
}

int main(int count, char **arguments)
{
	/* Process 1 of a namespace gets only signals that it handles. */
	signal(SIGTERM, end);
	signal(SIGINT, end);
	if (count > 1) {
		usleep(1000 * (useconds_t)atoi(arguments[1]));
		return 0;
	}
	for (;;)
		pause();
}
