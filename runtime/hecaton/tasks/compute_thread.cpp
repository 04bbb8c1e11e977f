#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <hecaton/foundation/stack_watch.hpp>
#include <hecaton/foundation/thread_share.hpp>
#include <hecaton/tasks/compute_thread.hpp>
#include <memory>
#include <system_error>
#include <utility>

namespace hecaton::detail {
namespace {

constexpr std::size_t without_limit = 64 * 1024 * 1024;
constexpr std::size_t least = 128 * 1024;

// As with std::thread, an exception ends the process: it passes through noexcept.
void* run(void* work) noexcept {
    const std::unique_ptr<std::function<void()>> mine(static_cast<std::function<void()>*>(work));
    limit_threads_here();
    const StackWatch watch;
    (*mine)();
    return nullptr;
}

}  // namespace

std::size_t compute_stack_size() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return without_limit;
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return std::max(static_cast<std::size_t>(limit.rlim_cur) / page * page, least);
}

ComputeThread::~ComputeThread() {
    if (joinable_) std::terminate();
}

void ComputeThread::start(std::function<void()> work) {
    auto* const mine = new std::function<void()>(std::move(work));  // the thread deletes it
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, compute_stack_size());
    const int problem = ::pthread_create(&thread_, &attributes, &run, mine);
    ::pthread_attr_destroy(&attributes);
    if (problem != 0) {
        delete mine;
        throw std::system_error(problem, std::generic_category(), "a thread for the root's items");
    }
    joinable_ = true;
}

void ComputeThread::join() noexcept {
    ::pthread_join(thread_, nullptr);
    joinable_ = false;
}

void ComputeThread::detach() noexcept {
    ::pthread_detach(thread_);
    joinable_ = false;
}

}  // namespace hecaton::detail
