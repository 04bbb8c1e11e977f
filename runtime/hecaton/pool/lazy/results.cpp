#include <algorithm>
#include <hecaton/pool/lazy/results.hpp>
#include <hecaton/pool/worker/wire.hpp>
#include <utility>

namespace hecaton::detail {
namespace {

constexpr double remembered = 4'096;  // results whose sizes make the mean

// The chunk's header, and behind it what belongs to it.
ArrivedChunk read_header(wire::RecordReader& reader) { return reader.record<ArrivedChunk>(); }

}  // namespace

// Parses on to the next chunk whose turn it is; those that come before their turn are noted.
bool LazyResults::read_ahead(ResultBlock& block) {
    for (; unparsed_ < freed_ + batches_.size(); ++unparsed_) {
        Batch& batch = batches_[unparsed_ - freed_];
        while (batch.parsed < batch.bytes.size()) {
            const std::size_t at = batch.parsed;
            wire::RecordReader reader(batch.bytes.bytes().subspan(at));
            const ArrivedChunk chunk = read_header(reader);
            reader.bytes(chunk.error_bytes);
            reader.bytes(chunk.time_bytes);
            reader.bytes(chunk.value_bytes);
            const bool turn = !ordered_ || chunk.first == passed_;
            if (!turn) waiting_.push_back({chunk.first, unparsed_, at});  // it may throw; then nothing has changed
            batch.parsed += reader.position();
            note(chunk, reader.position());
            if (turn) {
                current_ = unparsed_;
                give(batch, at, block);
                return true;
            }
            ++batch.waiting;
            std::push_heap(waiting_.begin(), waiting_.end());
        }
    }
    return false;
}

void LazyResults::note(const ArrivedChunk& chunk, std::size_t bytes) {
    arrived_ += chunk.done;
    seen_ += static_cast<double>(chunk.done);
    seen_bytes_ += static_cast<double>(bytes);
    seen_seconds_ += chunk.seconds;
    if (seen_ <= remembered) return;
    seen_ /= 2;
    seen_bytes_ /= 2;
    seen_seconds_ /= 2;
}

void LazyResults::give(Batch& batch, std::size_t at, ResultBlock& block) {
    wire::RecordReader reader(batch.bytes.bytes().subspan(at));
    const ArrivedChunk chunk = read_header(reader);
    block.results.first = chunk.first;
    block.results.done = chunk.done;
    block.results.errors = reader.bytes(chunk.error_bytes);
    block.results.times = reader.bytes(chunk.time_bytes);
    block.results.values = reader.bytes(chunk.value_bytes);
    block.results.rank = chunk.rank;
    block.results.attempt = chunk.attempt;
    block.lost = chunk.lost != 0;
    block.host = chunk.host;
    passed_ += chunk.done;
}

bool LazyResults::next(ResultBlock& block) {
    free_current();
    if (!waiting_.empty() && waiting_.front().first == passed_) {
        std::pop_heap(waiting_.begin(), waiting_.end());
        const Waiting chunk = waiting_.back();
        waiting_.pop_back();
        Batch& batch = batches_[chunk.batch - freed_];
        --batch.waiting;
        current_ = chunk.batch;
        give(batch, chunk.at, block);
        return true;
    }
    return read_ahead(block);
}

bool LazyResults::skip_gap() {
    if (waiting_.empty()) return false;
    passed_ = waiting_.front().first;
    return true;
}

void LazyResults::free_current() {
    if (current_ == no_batch) return;
    const auto used_up = [](const Batch& batch) { return batch.waiting == 0 && batch.parsed == batch.bytes.size(); };
    Batch& batch = batches_[current_ - freed_];
    current_ = no_batch;
    if (!used_up(batch)) return;
    batch = Batch();
    while (!batches_.empty() && used_up(batches_.front())) {
        batches_.pop_front();
        ++freed_;
    }
    unparsed_ = std::max(unparsed_, freed_);
}

}  // namespace hecaton::detail
