// ProcessHost: between the workers of a rank (one for each pool that it serves) and its zygote.
#pragma once

#include <hecaton/pool/worker.hpp>
#include <map>
#include <mutex>
#include <string_view>
#include <unordered_map>
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
    struct Hosted {
        Worker* worker;
        std::uint64_t id;
    };

    bool add(Worker& worker, std::uint64_t id, std::uint64_t& number);
    void read_replies();
    void report_end_of_all();

    std::mutex mutex_;  // never held while the zygote is written to: it may wait for its replies to be read
    bool reading_ = false;
    bool gone_ = false;  // the zygote has ended
    std::uint64_t next_ = 0;
    std::unordered_map<std::uint64_t, Hosted> hosted_;
    std::map<std::pair<const Worker*, std::uint64_t>, std::uint64_t> numbers_;
};

/// This process's.
ProcessHost& process_host();

}  // namespace hecaton::detail
