// ProcessHost: between the workers of a rank (one for each pool that it serves) and its zygote.
#pragma once

#include <hecaton/pool/worker/worker.hpp>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

namespace hecaton::detail {

class ProcessHost {
  public:
    /// Starts a process for `worker`, whose root knows it by `id`; what becomes of it is reported to the worker.
    void start(Worker& worker, std::uint64_t id, std::string_view name, std::span<const std::byte> task);
    /// Nothing happens when it has ended.
    void signal(const Worker& worker, std::uint64_t id, int signo);
    /// The worker is about to go: nothing is reported to it from now on, and its processes are killed.
    void forget(const Worker& worker);

  private:
    using Key = std::pair<const Worker*, std::uint64_t>;

    std::mutex mutex_;                      // not held while the zygote or its replies are asked for anything
    std::map<Key, std::uint64_t> numbers_;  // by which the zygote knows those that have not ended
};

/// This process's.
ProcessHost& process_host();

}  // namespace hecaton::detail
