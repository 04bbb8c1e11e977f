#include <fmt/format.h>

#include <algorithm>
#include <hecaton/foundation/affinity.hpp>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/rank_notes.hpp>
#include <hecaton/pool/calls/call_guard.hpp>
#include <hecaton/pool/root/agreement.hpp>
#include <hecaton/pool/root/pool_state.hpp>
#include <hecaton/pool/shared/store.hpp>
#include <hecaton/pool/time/out_of_time.hpp>
#include <hecaton/pool/worker/remote_worker.hpp>
#include <hecaton/recording/calls.hpp>
#include <hecaton/recording/switch.hpp>
#include <hecaton/survival/zygote.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <hecaton/tasks/task_page.hpp>
#include <hecaton/transport/middle.hpp>
#include <hecaton/transport/mpi_check.hpp>
#include <hecaton/transport/recording.hpp>
#include <new>
#include <numeric>
#include <system_error>

namespace hecaton::detail {

PoolState::PoolState(MPI_Comm original, const PoolOptions& options) {
    require_mpi("a pool");
    refuse_nested("Pool's constructor");
    become_rank();
    show_tasks();  // in a program that has initialised MPI itself
    find_rank_notes();
    if (original == MPI_COMM_NULL)
        throw UsageError("a pool was opened over a null communicator: this rank is not part of it");
    refuse_lost_ranks("a pool", original);
    try {
        open_everywhere(original, options);
    } catch (const UsageError&) {  // on all ranks alike
        throw;
    } catch (...) {  // no memory, no thread, MPI: the others wait for this rank
        end_for_all(original);
    }
}

void PoolState::open_everywhere(MPI_Comm original, const PoolOptions& options) {
    check_mpi(MPI_Comm_dup(original, &communicator_), "MPI_Comm_dup");
    check_mpi(MPI_Comm_set_errhandler(communicator_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    check_mpi(MPI_Comm_rank(communicator_, &rank_), "MPI_Comm_rank");
    check_mpi(MPI_Comm_size(communicator_, &ranks_), "MPI_Comm_size");
    try {
        Ranks ranks = agree(communicator_, options);
        hosts_ = std::make_shared<const std::vector<std::string>>(std::move(ranks.hosts));
        nodes_ = std::move(ranks.nodes);
        bells_ = std::move(ranks.bells);
        shared_ = std::make_unique<SharedNumbers>(ranks.number);
    } catch (...) {  // on all ranks alike
        MPI_Comm_free(&communicator_);
        throw;
    }
    if (!mpi_is_ours()) start_recording(communicator_, options.root, false);
    root_ = options.root;
    processes_ = options.processes == 0 ? ranks_ : options.processes;
    initializer_ = options.initializer;
    seed_ = options.seed;
    if (ranks_ > 1) endpoint_ = std::make_unique<MpiEndpoint>(communicator_, bells_);
    worker_context = {rank_, processes_};
    if (is_root()) open_root(options);
}

void PoolState::open_root(const PoolOptions& options) {
    Driver::Setup setup;
    setup.endpoint = endpoint_.get();
    if (bells_ != nullptr) setup.bell = bells_->word();
    setup.root = {rank_, processes_};
    setup.nodes = nodes_;
    setup.hosts = hosts_;
    if (survives_) setup.world = ranks_in_world();
    if (recording::on())
        setup.recorded = std::make_shared<const recording::PoolRanks>(recording::PoolRanks{ranks_in_world(), *hosts_});
    setup.background = ranks_ == 1 || mpi_is_threaded();
    setup.seed = options.seed;
    int used = 1;  // the root counts, whether it works or not
    for (int rank = 0; rank < ranks_; ++rank) {
        if (rank == root_) continue;
        (used < processes_ ? setup.workers : setup.idle_ranks).push_back(rank);
        ++used;
    }
    setup.local_rests = !options.root_works && !setup.workers.empty();
    if (!setup.local_rests || survives_) {
        local_ = std::make_unique<LocalWorker>(setup.root, initializer_);
        setup.local = &local_->worker();
    } else {
        setup.local_rests = false;  // there is none
    }
    const BlockingCalls::Setup calls{.root = setup.root,
                                     .seed = setup.seed,
                                     .watchdog = setup.background,
                                     .idle_cores = cores_of_others(),
                                     .recorded = setup.recorded};
    // An initializer prepares the thread of the worker, and no other.
    ComputeGate* const gate = local_ && !setup.local_rests && !initializer_ ? &local_->gate() : nullptr;
    driver_ = std::make_shared<Driver>(std::move(setup));
    blocking_calls_ = std::make_unique<BlockingCalls>(driver_, gate, calls);
    if (local_) local_->start(driver_->wheel());
    if (survives_) note_stage(RankStage::driving);
}

// Of this node, while the pool's other ranks are idle.
int PoolState::cores_of_others() const {
    const int node = nodes_.empty() ? -1 : nodes_[static_cast<std::size_t>(rank_)];
    if (node < 0) return 0;
    const auto here = std::count(nodes_.begin(), nodes_.end(), node);
    const auto cores = static_cast<std::ptrdiff_t>(affinity::cpus().size());
    return static_cast<int>(std::max<std::ptrdiff_t>(std::min(here, cores) - 1, 0));
}

PoolState::~PoolState() {
    if (is_forked_copy()) keep_for_ever();
    if (local_) local_->worker().end_processes();  // its reports ring the driver
    if (driver_) driver_->stop();
}

// In a copy of the rank: their destructors wait for threads that are the rank's.
void PoolState::keep_for_ever() noexcept {
    struct Kept {
        std::unique_ptr<MpiEndpoint> endpoint;
        std::unique_ptr<LocalWorker> local;
        std::shared_ptr<Driver> driver;
        std::unique_ptr<BlockingCalls> calls;
        Kept* before;
    };
    static Kept* kept = nullptr;  // so that they are no leak
    kept = new (std::nothrow)
        Kept{std::move(endpoint_), std::move(local_), std::move(driver_), std::move(blocking_calls_), kept};
    if (kept == nullptr) end_copy();
}

// Calls that their caller runs may not have noticed that a rank has died.
int PoolState::size() const noexcept {
    if (driver_ == nullptr) return processes_;
    if (!over_ && !nested()) driver_->settle_deaths();
    return processes_ - driver_->lost();
}

int PoolState::serve() {
    if (is_root())
        throw UsageError("Pool::serve() was called on the root: the root submits work, the other ranks serve");
    if (over_) throw UsageError("Pool::serve() was called again after the pool had ended");
    try {
        Worker worker({rank_, processes_}, initializer_, bells_ != nullptr ? bells_->word() : nullptr);
        if (survives_) note_stage(RankStage::serving);
        const int status = serve_remote(worker, *endpoint_, root_, mpi_is_threaded());
        leave(worker.lost_ranks());
        return status;
    } catch (...) {  // the root does not know, and would wait for this rank
        note_stage(RankStage::other);
        abort_at_exit(1);
        throw;
    }
}

// All ranks come here once the root has shut the pool down.
void PoolState::leave(const std::vector<int>& lost) {
    over_ = true;
    note_stage(RankStage::other);
    if (!lost.empty()) {
        const std::vector<int> world = ranks_in_world();
        std::vector<int> ranks;
        ranks.reserve(lost.size());
        for (const int rank : lost) ranks.push_back(world.at(static_cast<std::size_t>(rank)));
        note_lost_ranks(ranks);
    }
    endpoint_.reset();
    bells_.reset();
    if (lost.empty()) check_mpi(MPI_Comm_free(&communicator_), "MPI_Comm_free");  // it may wait for all
}

// For each rank of the pool, as the launcher numbers it.
std::vector<int> PoolState::ranks_in_world() const {
    std::vector<int> own(static_cast<std::size_t>(ranks_));
    std::iota(own.begin(), own.end(), 0);
    std::vector<int> world(own.size());
    MPI_Group ours = MPI_GROUP_NULL;
    MPI_Group all = MPI_GROUP_NULL;
    check_mpi(MPI_Comm_group(communicator_, &ours), "MPI_Comm_group");
    check_mpi(MPI_Comm_group(MPI_COMM_WORLD, &all), "MPI_Comm_group");
    check_mpi(MPI_Group_translate_ranks(ours, ranks_, own.data(), all, world.data()), "MPI_Group_translate_ranks");
    MPI_Group_free(&ours);
    MPI_Group_free(&all);
    return world;
}

void PoolState::check_call(const char* call) const {
    refuse_nested(call);
    if (!is_root())
        throw UsageError(
            fmt::format("{} was called on rank {}, which is not the pool's root: call it on rank {}, and serve() here",
                        call, rank_, root_));
    if (closed_)
        throw PoolClosed(fmt::format("{} was called after the pool was closed: open a new pool for new work", call));
    if (const std::exception_ptr error = driver_->failure()) std::rethrow_exception(error);
}

CallSurroundings PoolState::around(const char* kind) const {
    return {.kind = kind, .seed = seed_, .pool = shared_->pool(), .hosts = hosts_};
}

void PoolState::start_process(const std::shared_ptr<ProcessState>& process, const std::string& name,
                              std::shared_ptr<const Buffer> task) {
    using Phase = ProcessState::Phase;
    check_call("Process::start()");
    Phase fresh = Phase::fresh;
    if (!process->phase.compare_exchange_strong(fresh, Phase::starting))
        throw UsageError(
            fmt::format("Process::start() was called twice for {}: a Process runs once, make another one", name));
    driver_->start_process(process, name, std::move(task));
    driver_->wheel().drive_until([&process] { return process->phase.load() > Phase::starting; });
    if (process->phase.load() != Phase::failed) return;
    if (process->error) std::rethrow_exception(process->error);
    if (process->error_number == 0)
        throw UsageError(
            fmt::format("Process::start() cannot fork {} on rank {}: {}", name, process->rank, why_no_zygote()));
    throw ProcessError(fmt::format("{} could not be started on rank {} ({}): {}", name, process->rank,
                                   hosts_->at(static_cast<std::size_t>(process->rank)),
                                   process->error_number < 0 ? "the zygote of this rank, which forks them, was killed"
                                                             : std::generic_category().message(process->error_number)));
}

std::uint64_t PoolState::share(NewShared shared) {
    const std::uint64_t id = shared_->take();
    try {
        shared_store().put(id, shared.block, std::move(shared.value));
        driver_->share(id, std::move(shared.block));
    } catch (...) {
        shared_store().drop(id);
        shared_->give_back(id);
        throw;
    }
    return id;
}

void PoolState::release_shared(std::uint64_t id) {
    if (!shared_->give_back(id))
        throw UsageError(
            "Pool::release() was called for a value that is released already, or that another pool has sent");
    driver_->drop_shared(id, shared_store().drop(id));
}

void PoolState::terminate() {
    closed_ = true;
    if (is_root() && !over_) driver_->cancel_all();
}

bool PoolState::join(int status, Deadline deadline) {
    refuse_nested("Pool::join()");
    if (!is_root())
        throw UsageError("Pool::join() was called on a rank that is not the pool's root: call serve() there");
    if (!closed_)
        throw UsageError("Pool::join() was called before close() or terminate(): say first that no work will follow");
    if (over_) return true;
    driver_->cut_inputs();
    if (!driver_->wait_all(deadline)) return false;
    if (status == 0 && cut_for_time()) status = out_of_time_status;
    for (const std::uint64_t id : shared_->give_back_all()) {
        try {
            driver_->drop_shared(id, shared_store().drop(id));
        } catch (const std::bad_alloc&) {  // the others keep it; they must still be told to leave
        }
    }
    if (!driver_->shut_down(status, deadline)) {
        if (deadline == no_deadline) {  // they cannot be told
            abort_at_exit(1);
            std::rethrow_exception(driver_->failure());
        }
        return false;
    }
    driver_->stop();
    if (local_) local_->join();
    blocking_calls_->log().close();
    leave(driver_->lost_ranks());
    say_out_of_time();
    return true;
}

void PoolState::set_last_map(Report report) {
    const std::lock_guard lock(reports_mutex_);
    last_map_ = std::move(report);
}

Report PoolState::last_map() const {
    const std::lock_guard lock(reports_mutex_);
    if (!last_map_) throw UsageError("Pool::last_map() was called before the first map, starmap, apply or map_reduce");
    return *last_map_;
}

// exit() was called while the pool was open. The other ranks must not wait for this one.
void PoolState::process_exits(int status) noexcept {
    if (over_) return;
    const bool in_task = task_context().running;
    if (!in_task && is_root()) {
        try {
            terminate();
            if (join(status, std::chrono::steady_clock::now() + std::chrono::seconds(5))) return;
        } catch (...) {  // the job is ended below
        }
    }
    log::line(fmt::format(
        "rank {} on {} called exit({}) {}: the job ends", rank_, host::name(), status,
        in_task ? fmt::format("inside a task, item {}", task_context().item()) : std::string("while a pool was open")));
    abort_job(status == 0 ? 1 : status);
}

}  // namespace hecaton::detail
