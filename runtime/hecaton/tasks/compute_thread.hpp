// ComputeThread: a thread that runs the program's tasks, with a stack as large as that of a main thread.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <functional>

namespace hecaton::detail {

/// What the limit of this process says (`ulimit -s`); 64 MiB where there is no limit, with which threads would get 2
/// MiB.
std::size_t compute_stack_size() noexcept;

class ComputeThread {
  public:
    ComputeThread() = default;
    ~ComputeThread();  // which must not find it joinable
    ComputeThread(const ComputeThread&) = delete;
    ComputeThread& operator=(const ComputeThread&) = delete;

    /// Once. Throws std::system_error where there can be no more threads.
    void start(std::function<void()> work);
    bool joinable() const noexcept { return joinable_; }
    void join() noexcept;
    void detach() noexcept;

  private:
    pthread_t thread_{};
    bool joinable_ = false;
};

}  // namespace hecaton::detail
