#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <hecaton/journal/refusal.hpp>
#include <hecaton/journal/writer.hpp>
#include <system_error>

namespace hecaton::detail::journal {

struct Journal::State {
    explicit State(const Options& chosen)
        : place(find_place(chosen.path)),
          holder(place, chosen.run),
          store(place, holder, mode_of(chosen), chosen),
          writer(store, place, {Owner::self(chosen.run).describe(), chosen.program, chosen.build, 0, {}, {}}) {}

    FileMode mode_of(const Options& chosen) const {
        const Storage storage = chosen.assume_network ? Storage::network : storage_of(place.file.parent_path());
        return {storage, chosen.durability, holder.locks_work()};
    }
    // Threads and locks of this journal are of the process that has opened it.
    bool is_copy() const noexcept { return ::getpid() != process; }

    const pid_t process = ::getpid();
    const Place place;
    Holder holder;
    Store store;
    Writer writer;
};

std::shared_ptr<Journal> Journal::open(const Options& options) try {
    return std::shared_ptr<Journal>(new Journal(std::make_unique<State>(options)));
} catch (const std::system_error& error) {
    refuse(options.path.string(), fmt::format("there is no thread to write it ({})", error.code().message()));
}

Journal::Journal(std::unique_ptr<State> state) : state_(std::move(state)) {}

Journal::~Journal() {
    if (state_->is_copy()) {
        [[maybe_unused]] State* left_alone = state_.release();
        return;
    }
    state_->writer.stop();
    if (state_->holder.is_ours()) std::remove(state_->place.beside("-progress").c_str());
}

const std::filesystem::path& Journal::path() const noexcept { return state_->place.file; }

CallNumber Journal::begin(const Call& call) {
    if (state_->is_copy()) return 0;
    const CallNumber number = state_->store.begin(call);
    state_->writer.wake();
    return number;
}

void Journal::find(CallNumber call, std::uint64_t first, std::uint64_t count,
                   const std::function<void(const Entry&)>& use) {
    if (!state_->is_copy()) state_->store.find(call, first, count, use);
}

void Journal::items(CallNumber call, std::uint64_t known) {
    if (state_->is_copy()) return;
    state_->store.items(call, known);
    state_->writer.wake();
}

void Journal::add(Batch&& batch) noexcept {
    if (!state_->is_copy()) state_->writer.add(std::move(batch));
}

bool Journal::flush() { return !state_->is_copy() && state_->writer.flush(); }

std::string Journal::problem() const { return state_->is_copy() ? std::string() : state_->writer.problem(); }

}  // namespace hecaton::detail::journal
