// Ctrl-C in a process whose calls have asked to keep what is done (MapOptions::keep_on_interrupt).
//
// The first SIGINT is noted here while such a call runs; every other one ends the process as usual. Programs that
// handle SIGINT themselves, or ignore it, are left alone.
#pragma once

namespace hecaton::detail {

/// While one exists, the first SIGINT is noted. The launcher sees in the TaskPage which process takes it. Any thread.
class KeepInterrupt {
  public:
    KeepInterrupt();
    ~KeepInterrupt();
    KeepInterrupt(const KeepInterrupt&) = delete;
    KeepInterrupt& operator=(const KeepInterrupt&) = delete;
};

/// How many were noted so far. Any thread.
int noted_interrupts() noexcept;
/// Whether the next one will be noted. Any thread.
bool keeps_interrupt() noexcept;

/// On a worker that runs items of such a call. Launchers that know nothing of it (mpiexec, srun) send Ctrl-C to every
/// rank: the first one that comes is ignored. Where hecaton's own launcher is around, nothing changes.
void outlive_interrupt();

/// For tests: the next one is the first.
void forget_interrupts();

}  // namespace hecaton::detail
