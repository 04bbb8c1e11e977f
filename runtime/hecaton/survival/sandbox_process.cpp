// The sandbox: a process that runs items for its rank, and may die of them.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <hecaton/foundation/buffer.hpp>
#include <hecaton/foundation/compute_clock.hpp>
#include <hecaton/foundation/descriptor.hpp>
#include <hecaton/foundation/error.hpp>
#include <hecaton/survival/sandbox_shared.hpp>
#include <hecaton/survival/sandbox_wire.hpp>
#include <hecaton/survival/zygote_wire.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <hecaton/tasks/task_table.hpp>
#include <memory>
#include <mutex>
#include <new>
#include <unordered_map>

namespace hecaton::detail {
namespace {

// When memory runs out, the kernel is to end this process and not the rank, which has all the results.
void volunteer_for_out_of_memory() {
    const Descriptor file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
    if (file) [[maybe_unused]]
        const ssize_t written = ::write(file.get(), "1000", 4);
}

class SandboxLife;
SandboxLife* the_life = nullptr;  // in a sandbox
void (*drop_shared)(std::uint64_t id) = nullptr;

class SandboxLife final : private ItemSink {
  public:
    explicit SandboxLife(int socket) : socket_(socket) { the_life = this; }

    /// False when the initializer threw; the rank has been told.
    bool initialize(const InitializerPlace& place, const std::function<void()>& initializer_of_zygote) {
        try {
            if (place.kind == InitializerPlace::Kind::in_zygote) initializer_of_zygote();
            if (place.kind == InitializerPlace::Kind::function) reinterpret_cast<void (*)()>(resolve(place.function))();
            end_forked_copy();
        } catch (...) {
            end_forked_copy();
            send_current_error();
            return false;
        }
        send({.what = FromSandbox::What::ready});
        return true;
    }

    void serve() {
        for (ToSandbox message; receive_all(socket_, &message, sizeof message);) {
            switch (message.what) {
                case ToSandbox::What::open_job: {
                    Buffer closure;
                    if (!receive(closure, message.bytes)) return;
                    tasks_[message.job] = ReceivedTask(message.task, std::move(closure));
                    break;
                }
                case ToSandbox::What::close_job:
                    tasks_.erase(message.job);
                    break;
                case ToSandbox::What::run_chunk:
                    if (!receive(items_, message.bytes)) return;
                    run(message);
                    break;
                case ToSandbox::What::drop_shared:
                    if (drop_shared != nullptr) drop_shared(message.shared);
                    break;
                case ToSandbox::What::stop:  // it came when the chunk was finished
                case ToSandbox::What::shared:
                    break;
            }
        }
    }

    MemoryFile::Address ask_for_shared(std::uint64_t id) {
        const std::lock_guard lock(talking_);
        send({.what = FromSandbox::What::want_shared, .shared = id});
        ToSandbox answer;
        do {
            if (!receive_all(socket_, &answer, sizeof answer)) ::_exit(0);
            if (answer.what == ToSandbox::What::stop) stop_.store(true, std::memory_order_relaxed);
        } while (answer.what != ToSandbox::What::shared);
        MemoryFile::Address address;
        if (answer.bytes == 0)
            throw UsageError("a Shared value was used in an isolated item after pool.release() or its pool's end");
        if (!receive_all(socket_, &address, sizeof address)) ::_exit(0);
        if (address.descriptor < 0) throw std::bad_alloc();
        return address;
    }

  private:
    bool receive(Buffer& into, std::uint64_t size) {
        into.clear();
        return receive_all(socket_, into.grow_by(size), size);
    }

    void run(const ToSandbox& chunk) {
        stop_.store(false, std::memory_order_relaxed);
        attempt_ = chunk.attempt;
        output_.reset(nullptr, chunk.with_times != 0);
        output_.sink = this;
        TimedPace pace(stop_);
        try {
            Runner& runner = tasks_.at(chunk.job).runner();
            send({.what = FromSandbox::What::begun, .results = runner.item_results(), .time = {}});
            clock_.begin(steady_ns());
            runner.run({.items = items_.bytes(),
                        .first = chunk.first,
                        .count = chunk.count,
                        .attempt = chunk.attempt_of_next,
                        .seed = chunk.seed,
                        .skip = chunk.skip},
                       output_, pace);
        } catch (...) {
            return send_current_error();
        }
        flush_output();
        send({.what = FromSandbox::What::ended});
    }

    void item_done(const ChunkOutput& output, std::span<const std::byte> value) override {
        const double computed = clock_.end(steady_ns());
        end_forked_copy();
        const bool failed = !output.errors.empty();
        const std::lock_guard lock(talking_);
        send({.what = FromSandbox::What::item,
              .time = output.times.empty() ? ItemTime{} : output.times.back(),
              .computed = computed,
              .value_bytes = failed ? 0 : value.size(),
              .error_bytes = output.errors.size()},
             value, output.errors.bytes());
        task_context().attempt = attempt_;  // only the first item of the chunk may have been run before
        char ignored = 0;
        // During a chunk the rank sends nothing but the word to stop.
        if (::recv(socket_, &ignored, 1, MSG_PEEK | MSG_DONTWAIT) >= 0) stop_.store(true, std::memory_order_relaxed);
        clock_.begin(steady_ns());
    }

    void send_current_error() {
        Buffer error;
        add_current_error(error, 0);
        send({.what = FromSandbox::What::failed, .error_bytes = error.size()}, {}, error.bytes());
    }

    void send(const FromSandbox& message, std::span<const std::byte> value = {},
              std::span<const std::byte> error = {}) {
        const auto part = [](const void* data, std::size_t size) { return iovec{const_cast<void*>(data), size}; };
        std::array parts{part(&message, sizeof message), part(value.data(), message.value_bytes),
                         part(error.data(), message.error_bytes)};
        msghdr header{};
        header.msg_iov = parts.data();
        header.msg_iovlen = parts.size();
        for (;;) {
            const ssize_t sent = ::sendmsg(socket_, &header, MSG_NOSIGNAL);
            if (sent < 0 && errno == EINTR) continue;
            if (sent < 0) ::_exit(0);  // the rank is gone
            auto done = static_cast<std::size_t>(sent);
            for (iovec& each : parts) {
                const std::size_t step = std::min(done, each.iov_len);
                each = part(static_cast<const char*>(each.iov_base) + step, each.iov_len - step);
                done -= step;
            }
            if (parts[0].iov_len + parts[1].iov_len + parts[2].iov_len == 0) return;
        }
    }

    const int socket_;
    std::mutex talking_;  // a thread that an item has started may ask for a shared value
    std::atomic<bool> stop_{false};
    std::uint32_t attempt_ = 1;
    std::unordered_map<std::uint64_t, ReceivedTask> tasks_;  // by job
    Buffer items_;
    ChunkOutput output_;
    ComputeClock clock_;
};

}  // namespace

std::optional<MemoryFile::Address> ask_rank_for_shared(std::uint64_t id) {
    if (the_life == nullptr) return std::nullopt;
    return the_life->ask_for_shared(id);
}

void when_shared_is_dropped(void (*drop)(std::uint64_t id)) noexcept { drop_shared = drop; }

void live_as_sandbox(int socket, const SandboxStart& start,
                     const std::function<void()>& initializer_of_zygote) noexcept {
    volunteer_for_out_of_memory();
    ::signal(SIGTTOU, SIG_IGN);  // a terminal may be set to stop writers of a background group, as its own is
    worker_context = start.worker;
    SandboxLife life(socket);
    if (life.initialize(start.initializer, initializer_of_zygote)) life.serve();
    flush_output();
    ::_exit(0);
}

}  // namespace hecaton::detail
