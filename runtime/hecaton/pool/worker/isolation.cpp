#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/pool/shared/store.hpp>
#include <hecaton/pool/worker/isolated_chunk.hpp>
#include <hecaton/pool/worker/isolation.hpp>
#include <hecaton/survival/initializer_place.hpp>
#include <hecaton/tasks/this_task.hpp>

namespace hecaton::detail {

using Event = Sandbox::Event;

namespace {

ErrorRecord sent_error(const Sandbox::Message& message) {
    Reader reader(message.error);
    return read_error_record(reader);
}

}  // namespace

void require_sandboxes(const std::function<void()>& initializer) {
    if (the_zygote() == nullptr)
        throw UsageError("MapOptions::isolate (or timeout) cannot be honoured: " + why_no_zygote());
    static_cast<void>(place_of(initializer));
}

bool can_isolate(const std::function<void()>& initializer) {
    try {
        require_sandboxes(initializer);
        return true;
    } catch (const UsageError&) {
        return false;
    }
}

void Isolation::start() {
    require_sandboxes(initializer_);
    known_.clear();
    shared_.clear();
    ready_ = false;
    proven_ = false;
    const SandboxStart with{.worker = worker_context, .initializer = place_of(initializer_)};
    try {
        sandbox_ = std::make_unique<Sandbox>(zygote_replies(), alarm_, with);
    } catch (const ProcessError& error) {
        // That is no fault of the items', and this rank cannot run them any more: it is as good as dead.
        log::line(fmt::format("{}; rank {} ends with it", error.what(), this_worker::rank()));
        ::kill(::getpid(), SIGKILL);
    }
}

// Waits until the sandbox is ready, or has ended. Returns the error of the initializer, if it failed.
std::optional<ErrorRecord> Isolation::await_initializer(const OpenedJob& job) {
    Sandbox::Message message;
    for (;;) {
        const Event event = sandbox_->next(message);
        if (event == Event::alarm && job.abandoned.load()) sandbox_->kill();
        if (event == Event::alarm) continue;
        if (event == Event::message && message.head.what == FromSandbox::What::want_shared) {
            tell_shared(message.head.shared);
            continue;
        }
        if (event == Event::message && message.head.what == FromSandbox::What::ready) {
            ready_ = true;
            return {};
        }
        if (event == Event::message) return sent_error(message);
        const int status = sandbox_->status();
        if (!initializer_ || job.abandoned.load()) return {};
        return ErrorRecord{
            .kind = ErrorRecord::Kind::worker_lost,
            .index = 0,
            .rank = this_worker::rank(),
            .host = host::name(),
            .type_name = "hecaton::WorkerLost",
            .text = fmt::format("the pool's initializer ended the sandbox that it ran in: {}", end_in_words(status))};
    }
}

// Says where a shared value is.
void Isolation::tell_shared(std::uint64_t id) {
    MemoryFile::Address address;
    try {
        address = shared_store().locate(id).value_or(address);
    } catch (const UsageError&) {  // it was released
        return sandbox_->send({.what = ToSandbox::What::shared, .shared = id});
    }
    shared_.push_back(id);
    sandbox_->send({.what = ToSandbox::What::shared, .shared = id, .bytes = sizeof address},
                   std::as_bytes(std::span(&address, 1)));
}

// Drops in the sandbox the values that were dropped here since the last chunk.
void Isolation::drop_shared() {
    std::erase_if(shared_, [this](std::uint64_t id) {
        if (shared_store().has(id)) return false;
        sandbox_->send({.what = ToSandbox::What::drop_shared, .shared = id});
        return true;
    });
}

// Sends the callable, unless the sandbox has it.
void Isolation::tell_job(const QueuedChunk& chunk) {
    const std::uint64_t id = chunk.chunk.job;
    if (std::any_of(known_.rbegin(), known_.rend(), [id](const auto& job) { return job.first == id; })) return;
    std::erase_if(known_, [this](const auto& job) {
        if (!job.second.expired()) return false;
        sandbox_->send({.what = ToSandbox::What::close_job, .job = job.first});
        return true;
    });
    const ReceivedTask& task = chunk.job->task;
    sandbox_->send({.what = ToSandbox::What::open_job, .task = task.id(), .job = id, .bytes = task.closure().size()},
                   task.closure().bytes());
    known_.emplace_back(id, chunk.job);
}

// Runs the chunk from its current item on. False when the sandbox has ended.
bool Isolation::run_in_sandbox(IsolatedChunk& chunk, const std::atomic<bool>& stop) {
    const QueuedChunk& queued = chunk.chunk();
    const scheduling::Chunk& range = queued.chunk;
    const OpenedJob& job = *queued.job;
    // For the launcher's crash card: this process may be killed while the sandbox computes.
    const InTask in_task(range.first + chunk.done(), chunk.attempt(), job.seed, &job.call);
    sandbox_->send({.what = ToSandbox::What::run_chunk,
                    .job = range.job,
                    .first = range.first,
                    .count = range.count,
                    .skip = chunk.done(),
                    .seed = job.seed,
                    .attempt = range.attempt,
                    .attempt_of_next = chunk.attempt(),
                    .with_times = job.with_times ? 1U : 0U,
                    .bytes = queued.items.size()},
                   queued.items);
    bool told_to_stop = false;
    bool begun = false;
    std::optional<std::uint64_t> killed;  // the item that took too long, or that nobody waits for
    Sandbox::Message message;
    for (;;) {
        if (!killed && job.abandoned.load()) {
            killed = chunk.done();
            sandbox_->kill();
        }
        if (!told_to_stop && stop.load(std::memory_order_relaxed)) {
            sandbox_->send({.what = ToSandbox::What::stop});
            told_to_stop = true;
        }
        switch (sandbox_->next(message, begun && !killed ? chunk.deadline() : std::nullopt)) {
            case Event::message:
                if (message.head.what == FromSandbox::What::failed) chunk.fail_rest(sent_error(message));
                if (message.head.what == FromSandbox::What::failed ||
                    (message.head.what == FromSandbox::What::ended && !killed))
                    return true;
                if (message.head.what == FromSandbox::What::item) {
                    chunk.item(message);
                    if (!chunk.finished()) task_context().set_item(range.first + chunk.done());
                    task_context().attempt = chunk.attempt();
                }
                if (message.head.what == FromSandbox::What::want_shared) tell_shared(message.head.shared);
                if (message.head.what == FromSandbox::What::begun) {
                    chunk.begun(message.head.results);
                    begun = proven_ = true;
                }
                break;
            case Event::alarm:
                break;
            case Event::late:
                killed = chunk.done();
                sandbox_->kill();
                break;
            case Event::ended: {
                const int status = sandbox_->status();
                // An item that was finished while its killer was on the way counts as finished, and the next one has
                // not taken too long.
                if (job.abandoned.load()) return false;
                if (killed) {
                    if (*killed == chunk.done()) chunk.timed_out();
                } else if (!chunk.finished() && (begun || !proven_)) {
                    chunk.crashed(status);
                }
                return false;
            }
        }
    }
}

std::optional<ErrorRecord> Isolation::run(const QueuedChunk& queued, ChunkOutput& results, recording::PieceList& pieces,
                                          const std::atomic<bool>& stop) {
    IsolatedChunk chunk(queued, results, pieces);
    bool over = false;
    const OpenedJob& job = *queued.job;
    while (!over && !chunk.finished() && !job.abandoned.load()) {
        try {
            if (sandbox_ == nullptr) start();
            if (!ready_) {
                const auto error = await_initializer(job);
                if (error || !ready_) {
                    if (!error && !job.abandoned.load()) chunk.crashed(sandbox_->status());
                    sandbox_.reset();
                }
                if (error) return error;
                if (!ready_) continue;
            }
            drop_shared();
            tell_job(queued);
            over = run_in_sandbox(chunk, stop);
            if (!over) sandbox_.reset();
        } catch (...) {
            sandbox_.reset();
            chunk.fail_rest(current_exception_record(0, this_worker::rank()));
        }
    }
    chunk.gather();
    return {};
}

}  // namespace hecaton::detail
