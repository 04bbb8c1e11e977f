// What the root sends to a worker: jobs, chunks, shared values, processes. The worker runs what it gets.
#include <fuzz/values.hpp>
#include <hecaton/pool/calls/fold_job.hpp>
#include <hecaton/pool/shared/store.hpp>
#include <hecaton/pool/worker/worker.hpp>
#include <numeric>
#include <set>

namespace hecaton::fuzz {
namespace {

namespace wire = detail::wire;

struct SquareOf {
    int operator()(int x) const { return static_cast<int>(static_cast<unsigned>(x) * static_cast<unsigned>(x)); }
};
struct LengthOf {
    std::size_t operator()(const std::string& word) const { return word.size(); }
};
struct Longer {
    std::string operator()(const std::string& word, char letter) const { return word + letter; }
};

using Square = detail::ItemRunner<SquareOf, int>;
using Length = detail::ItemRunner<LengthOf, std::string>;
using Repeated = detail::ItemRunner<Longer, std::string, char>;
using Sum = detail::FoldRunner<LengthOf, std::plus<std::size_t>, std::size_t, std::string>;

// Addresses of this process are taken on trust, and isolated items need a zygote: none of these is in what is run. The
// rest is left as it is, also where it is no record. Adds the shared values that it speaks of to `values`.
void disarm(std::vector<std::byte>& head, std::set<std::uint64_t>& values) {
    wire::RecordReader records(head);
    const auto replace = [&](std::size_t at, const auto& record) {
        std::memcpy(head.data() + at, &record, sizeof record);
    };
    while (!records.at_end()) {
        const std::size_t at = records.position();
        switch (records.kind()) {
            case wire::Kind::open_job: {
                auto record = records.record<wire::OpenJob>();
                record.attempts = 0;
                replace(at, record);
                records.bytes(record.name_bytes);
                records.bytes(record.bytes);
                break;
            }
            case wire::Kind::run_chunk: {
                auto record = records.record<wire::RunChunk>();
                record.items_at = record.results_at = 0;
                replace(at, record);
                if (record.bulk == 0) records.bytes(record.bytes);
                break;
            }
            case wire::Kind::put_shared: {
                const auto record = records.record<wire::PutShared>();
                values.insert(record.id);
                if (record.bulk == 0) records.bytes(record.bytes);
                break;
            }
            case wire::Kind::expect_shared:
                values.insert(records.record<wire::ExpectShared>().id);
                break;
            case wire::Kind::open_shared: {
                auto record = records.record<wire::OpenShared>();
                record.file = {};
                replace(at, record);
                values.insert(record.id);
                break;
            }
            case wire::Kind::close_job:
                records.record<wire::CloseJob>();
                break;
            case wire::Kind::recall:
                records.record<wire::Recall>();
                break;
            case wire::Kind::drop_shared:
                records.record<wire::DropShared>();
                break;
            case wire::Kind::start_process: {
                const auto record = records.record<wire::StartProcess>();
                records.bytes(record.name_bytes);
                if (record.bulk == 0) records.bytes(record.task_bytes);
                break;
            }
            case wire::Kind::signal_process:
                records.record<wire::SignalProcess>();
                break;
            case wire::Kind::shut_down:
                records.record<wire::ShutDown>();
                break;
            default:
                return;
        }
    }
}

struct Root final : detail::Connection {
    explicit Root(detail::Worker& worker) : worker(worker) {}
    bool exchange() override {
        worker.release_output();
        for (detail::Message message; worker.collect(message);) {
        }
        return false;
    }
    std::chrono::nanoseconds longest_sleep() override { return {}; }
    detail::Worker& worker;
};

template <class Record>
detail::Message message_of(const Record& record) {
    detail::Message message;
    wire::append_record(message.head, record);
    return message;
}

}  // namespace

// The first byte says how long the message's bulk is, which comes next.
void run(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    const std::size_t bulk = std::min(std::to_integer<std::size_t>(bytes[0]), bytes.size() - 1);
    const auto owner = std::make_shared<std::vector<std::byte>>(bytes.begin() + 1,
                                                                bytes.begin() + 1 + static_cast<std::ptrdiff_t>(bulk));
    std::vector<std::byte> head(bytes.begin() + 1 + static_cast<std::ptrdiff_t>(bulk), bytes.end());
    std::set<std::uint64_t> values;
    try {
        disarm(head, values);
    } catch (const DecodeError&) {
    }
    detail::Worker worker({.rank = 1, .size = 2}, {});
    Root root(worker);
    detail::Message message{{}, {owner->data(), owner->size(), owner}};
    message.head.append(head.data(), head.size());
    try {
        worker.deliver(std::move(message));
    } catch (const std::exception&) {
    }
    worker.deliver(message_of(wire::ShutDown{.status = 3, .lost_bytes = 0}));
    worker.work(root);
    for (const std::uint64_t id : values) detail::shared_store().drop(id);
}

std::vector<std::string> seeds() {
    std::vector<std::string> found;
    const auto add = [&](const auto& make) {
        detail::Buffer head;
        make(head);
        found.push_back(std::string(1, '\0') + std::string(text(head.bytes())));
    };
    const auto job = [](detail::Buffer& head, std::uint32_t task, const std::string& closure) {
        wire::append_record(head, wire::OpenJob{.task = task,
                                                .job = 1,
                                                .bytes = closure.size(),
                                                .seed = 7,
                                                .with_times = 1,
                                                .attempts = 0,
                                                .timeout = 0,
                                                .items = 8,
                                                .name_bytes = 4,
                                                .keep_on_interrupt = 0});
        wire::append(head, "name", 4);
        wire::append(head, closure.data(), closure.size());
    };
    const auto chunk = [](detail::Buffer& head, std::uint64_t count, std::span<const std::byte> items) {
        wire::RunChunk record{
            .bulk = 0, .chunk = {}, .bytes = items.size(), .items_at = 0, .results_at = 0, .apart = 0};
        record.chunk.id = 1;
        record.chunk.job = 1;
        record.chunk.count = count;
        record.chunk.size = 2;
        wire::append_record(head, record);
        wire::append(head, items);
    };
    const std::vector<int> numbers{1, 2, 3, 4};
    add([&](detail::Buffer& head) {
        job(head, detail::Registered<Square>::id, "");
        chunk(head, numbers.size(), std::as_bytes(std::span(numbers)));
        wire::append_record(head, wire::CloseJob{.job = 1});
    });
    for (const auto task :
         {detail::Registered<Length>::id, detail::Registered<Repeated>::id, detail::Registered<Sum>::id})
        add([&](detail::Buffer& head) {
            job(head, task, std::string(1, '\2'));
            detail::Buffer frames;
            for (const char* word : {"one", "two", "three"})
                if (task == detail::Registered<Repeated>::id)
                    detail::append_frame(frames, std::string(word), 'x');
                else
                    detail::append_frame(frames, std::string(word));
            chunk(head, 3, frames.bytes());
            wire::append_record(head, wire::Recall{});
        });
    add([&](detail::Buffer& head) {
        wire::append_record(head, wire::ExpectShared{.id = 1});
        wire::append_record(head, wire::PutShared{.for_node = 1, .id = 1, .bytes = 16, .bulk = 0});
        wire::append(head, numbers.data(), 16);
        wire::append_record(head, wire::OpenShared{.id = 2, .file = {}});
        wire::append_record(head, wire::DropShared{.id = 1});
    });
    add([&](detail::Buffer& head) {
        wire::append_record(head, wire::StartProcess{.id = 1, .name_bytes = 4, .task_bytes = 4, .bulk = 0});
        wire::append(head, "name", 4);
        wire::append(head, "task", 4);
        wire::append_record(head, wire::SignalProcess{.signo = 15, .id = 1});
        wire::append_record(head, wire::ShutDown{.status = 1, .lost_bytes = 8});
        wire::append(head, numbers.data(), 8);
    });
    return found;
}

}  // namespace hecaton::fuzz
