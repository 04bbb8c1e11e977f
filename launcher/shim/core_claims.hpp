// The cores of a rank that its engine has bound: those that the engine chose, unless a rank of another run has them.
// The engines of two runs know nothing of each other, and both begin with the first core.
#pragma once

#include <sys/types.h>

#include <functional>
#include <hecaton/foundation/descriptor.hpp>
#include <string>
#include <vector>

namespace hecaton::launcher {

/// The hardware threads of one core.
using Core = std::vector<int>;

/// The cores to be used by a process that was bound to `own`, out of `all`: its own as far as `take` gets them, then
/// the free ones that follow. Where there are too few, its own; all, where some of its own are not among them, as Open
/// MPI 4 does not know of taskset. Pure but for `take`.
std::vector<Core> choose_cores(const std::vector<Core>& own, const std::vector<Core>& all,
                               const std::function<bool(const Core&)>& take);

/// Moves this process to cores that no other run's rank has, and holds them. `engine` is the process that has bound it.
class CoreClaims {
  public:
    explicit CoreClaims(pid_t engine);

  private:
    bool take(const Core& core);
    std::vector<detail::Descriptor> held_;
};

}  // namespace hecaton::launcher
