// affinity: the CPUs on which a process may run, however many the machine has.
#pragma once

#include <sched.h>
#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace hecaton::detail::affinity {

/// sched_getaffinity(), or one that a test puts in its place.
using Ask = int (*)(pid_t process, std::size_t bytes, cpu_set_t* set);

/// The numbers of the CPUs of `process` (0: this one), smallest first. Empty where the kernel does not tell.
std::vector<int> cpus(pid_t process = 0, Ask ask = &::sched_getaffinity);

/// Numbers as text: "0-3,8".
std::string text(const std::vector<int>& cpus);

}  // namespace hecaton::detail::affinity
