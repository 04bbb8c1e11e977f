#include <fmt/format.h>

#include <atomic>
#include <cstring>
#include <hecaton/foundation/log.hpp>
#include <hecaton/pool/journal/journaling.hpp>
#include <hecaton/pool/journal/journals.hpp>
#include <hecaton/pool/shared/numbers.hpp>
#include <hecaton/pool/shared/store.hpp>
#include <hecaton/tasks/module.hpp>
#include <new>
#include <utility>

namespace hecaton::detail {
namespace {

using journal::Digest;
using journal::Hasher;

// To be raised when the same value gets other bytes, or the same item another content.
constexpr std::uint64_t codec_version = 1;

Digest digest_of_shared(std::uint64_t number) {
    const auto address = shared_store().locate(number);
    const auto file = address ? MemoryFile::open(*address) : nullptr;
    if (file == nullptr) throw std::bad_alloc();
    const auto bytes = file->map();
    return journal::digest({bytes.get(), file->size()});
}

void add_call(Hasher& hasher, const Job& job, SharedContents& shared, std::uint64_t seed) {
    const Signature& signature = job.signature();
    hasher.add(codec_version);
    hasher.add(std::string_view(signature.runner));
    hasher.add(std::string_view(signature.result));
    hasher.add(signature.result_bytes);
    hasher.add(job.block());
    hasher.add(seed);
    hasher.add(job.options().seed);
    // Another build has its functions in other places.
    Buffer closure;
    closure.append(job.closure().bytes());
    for (const std::size_t place : signature.places) std::memset(closure.data() + place, 0, sizeof(ModuleOffset));
    shared.add(hasher, closure);
}

std::string places(const Job& job) {
    std::string text;
    for (const std::size_t at : job.signature().places) {
        ModuleOffset place;
        std::memcpy(&place, job.closure().data() + at, sizeof place);
        text += fmt::format("{}{:016x}+{:x}", text.empty() ? "" : " ", place.module, place.offset);
    }
    return text;
}

// A program that makes many calls does not want a line for each.
void say(const std::string& path, const Job& job, std::uint64_t restored) {
    constexpr int most_lines = 10;
    static std::atomic<int> lines{0};
    if (restored == 0) return;
    const int line = lines.fetch_add(1);
    if (line >= most_lines) return;
    const std::uint64_t left = job.items() - restored;
    const std::string& name = job.options().name;
    log::line(fmt::format("{} has {} of {} items of {}; {} {} to do{}", path, restored, job.items(),
                          name.empty() ? "a call without a name" : '"' + name + '"', left, left == 1 ? "is" : "are",
                          line + 1 == most_lines ? "; what it has of later calls is not said" : ""));
}

}  // namespace

// ---- shared values ----

bool SharedContents::is_shared(const Buffer& bytes, std::size_t at, std::uint64_t& number) const {
    std::memcpy(&number, bytes.data() + at, sizeof number);
    return number >> SharedNumbers::bits == pool_ && shared_store().has(number);
}

void SharedContents::add(Hasher& hasher, Buffer& bytes) {
    std::uint64_t number = 0;
    for (std::size_t at = 0; at + sizeof number <= bytes.size(); ++at) {
        if (!is_shared(bytes, at, number)) continue;
        const auto [known, fresh] = known_.try_emplace(number);
        if (fresh) known->second = digest_of_shared(number);
        hasher.add(known->second);
        std::memset(bytes.data() + at, 0, sizeof number);
    }
    hasher.add(bytes.bytes());
}

// Most items have no handle in them.
Digest SharedContents::content(Buffer& bytes) {
    std::uint64_t number = 0;
    for (std::size_t at = 0; at + sizeof number <= bytes.size(); ++at) {
        if (!is_shared(bytes, at, number)) continue;
        Hasher hasher;
        add(hasher, bytes);
        return hasher.digest();
    }
    return journal::digest(bytes.bytes());
}

// ---- calls ----

std::shared_ptr<JournaledCall> begin_journal(Job& job, const CallSurroundings& around, SharedContents& shared) {
    const auto open = journal_of(job.options());
    if (open == nullptr) return nullptr;
    const MapOptions& options = job.options();
    Hasher hasher;
    add_call(hasher, job, shared, around.seed);
    const journal::CallNumber call = open->file()->begin({.name = options.name,
                                                          .number = open->count(options.name),
                                                          .kind = around.kind,
                                                          .version = options.version,
                                                          .content = hasher.digest(),
                                                          .place = places(job)});
    auto journaled = std::make_shared<JournaledCall>(JournaledCall::Setup{.journal = open->file(),
                                                                          .call = call,
                                                                          .signature = &job.signature(),
                                                                          .block = job.block(),
                                                                          .with_times = job.with_times(),
                                                                          .keep_errors = open->keep_errors(),
                                                                          .hosts = around.hosts});
    job.keep_in(journaled);
    return journaled;
}

void restore_job(Job& job, const CallSurroundings& around) {
    SharedContents shared(around);
    const auto journaled = begin_journal(job, around, shared);
    if (journaled == nullptr || job.items() == 0) return;
    std::vector<Digest> contents;
    contents.reserve((job.items() + job.block() - 1) / job.block());
    Buffer scratch;
    for (std::uint64_t first = 0; first < job.items(); first += job.block()) {
        scratch.clear();
        job.append_items(first, std::min(job.block(), job.items() - first), scratch);
        contents.push_back(shared.content(scratch));
    }
    job.set_done_before(journaled->restore(0, job.items(), std::move(contents),
                                           [&job](const ChunkResults& results) { job.accept(results); }));
    std::uint64_t restored = 0;
    for (const auto& range : job.done_before()) restored += range.count;
    say(journal_of(job.options())->file()->path().string(), job, restored);
}

std::vector<Digest> contents_of(const ItemSegment& segment, SharedContents& shared) {
    std::vector<Digest> contents;
    contents.reserve(segment.count);
    Buffer scratch;
    std::size_t begin = 0;
    for (std::uint64_t i = 0; i < segment.count; ++i) {
        const std::size_t end = segment.record_size != 0 ? begin + segment.record_size : segment.ends[i];
        scratch.clear();
        scratch.append(segment.bytes.data() + begin, end - begin);
        contents.push_back(shared.content(scratch));
        begin = end;
    }
    return contents;
}

}  // namespace hecaton::detail
