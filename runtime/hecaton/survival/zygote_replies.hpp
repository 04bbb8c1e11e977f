// ZygoteReplies: passes on what a zygote says of the processes that it has forked.
#pragma once

#include <cstdint>
#include <functional>
#include <hecaton/survival/zygote.hpp>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace hecaton::detail {

/// Reads a zygote's replies, on a thread that starts with the first process. All members: any thread.
class ZygoteReplies {
  public:
    using Handler = std::function<void(const Zygote::Reply&)>;

    enum class Life : bool {
        scope,    ///< it is destroyed after the zygote has been closed, and waits for its thread
        process,  ///< it is never destroyed: its thread may still be waiting when the process exits
    };
    explicit ZygoteReplies(Zygote& zygote, Life life = Life::scope) : zygote_(zygote), life_(life) {}
    ~ZygoteReplies();
    ZygoteReplies(const ZygoteReplies&) = delete;
    ZygoteReplies& operator=(const ZygoteReplies&) = delete;

    /// A number for a process that is about to be started. `handler` gets the replies about it, on the reading thread,
    /// until it has ended or failed to start; when the zygote is killed, a reply says that the process was killed too.
    /// 0: the zygote was killed before.
    std::uint64_t add(Handler handler);
    /// When this has returned, that handler is not called any more.
    void remove(std::uint64_t number);
    Zygote& zygote() noexcept { return zygote_; }

  private:
    void read();

    Zygote& zygote_;
    const Life life_;
    std::mutex mutex_;  // held while a handler runs, and never while the zygote is written to: it may have to wait
                        // until its replies are read
    bool gone_ = false;
    std::uint64_t last_ = 0;
    std::unordered_map<std::uint64_t, Handler> handlers_;
    bool reading_ = false;
    std::thread thread_;  // with Life::scope
};

/// Those of the_zygote(), which there must be.
ZygoteReplies& zygote_replies();

}  // namespace hecaton::detail
