// Files to wait for, each with a function for the time when it is ready.
#pragma once

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace hecaton::launcher {

/// A time to act; nothing where there is no need to.
using Deadline = std::optional<std::chrono::steady_clock::time_point>;

inline Deadline earlier(const Deadline& one, const Deadline& other) {
    return one && other ? std::min(*one, *other) : one ? one : other;
}

class PollSet {
  public:
    using Ready = std::function<void(short events)>;

    /// A negative number stands for no file. `ready` may be empty: then the file only ends the wait.
    void add(int file, int events, Ready ready = {}) {
        files_.push_back({file, static_cast<short>(events), 0});
        ready_.push_back(std::move(ready));
    }
    /// Waits until `end`, for a minute at most; without a deadline, without limit. False: nothing became ready.
    bool wait(const Deadline& end) {
        using std::chrono::milliseconds;
        const auto left = end ? std::chrono::ceil<milliseconds>(*end - std::chrono::steady_clock::now()).count() : -1;
        const auto most = std::clamp<long long>(left, 0, 60'000);
        return ::poll(files_.data(), files_.size(), end ? static_cast<int>(most) : -1) != 0;
    }
    /// Calls the functions of the files that are ready, in the order of add().
    void serve() const {
        for (std::size_t i = 0; i < files_.size(); ++i)
            if (files_[i].revents != 0 && ready_[i]) ready_[i](files_[i].revents);
    }

  private:
    std::vector<pollfd> files_;
    std::vector<Ready> ready_;
};

}  // namespace hecaton::launcher
