// What a worker sends to the root: the results of chunks, and news of shared values and processes, while calls are
// open.
#include <deque>
#include <fuzz/values.hpp>
#include <hecaton/pool/calls/arguments.hpp>
#include <hecaton/pool/calls/collectors.hpp>
#include <hecaton/pool/calls/fold_job.hpp>
#include <hecaton/pool/root/driver.hpp>
#include <hecaton/pool/worker/worker.hpp>
#include <numeric>

namespace hecaton::fuzz {
namespace {

namespace wire = detail::wire;

// The root's end of the transport; the test is rank 1.
struct Line final : detail::Endpoint {
    void send(int, detail::Message message) override { sent.push_back(std::move(message)); }
    bool poll(int& from, detail::Message& message, detail::Landing& landing) override {
        if (coming.empty()) return false;
        from = 1;
        message = std::move(coming.front());
        coming.pop_front();
        if (message.bulk.size == 0) return true;
        if (std::byte* place = landing.place(from, message.head.bytes(), message.bulk.size)) {
            std::memcpy(place, message.bulk.data, message.bulk.size);
            message.bulk = {place, message.bulk.size, nullptr};
        }
        return true;
    }
    bool drained() override { return true; }
    std::chrono::nanoseconds longest_sleep() override { return {}; }

    std::deque<detail::Message> sent;
    std::deque<detail::Message> coming;
};

template <template <class> class Collector, class F, class T, class... More>
auto map_job(F f, const std::vector<T>& items, More... more) {
    auto arguments = detail::zip<detail::Lifetime::detached>(items);
    using Kind = Collector<detail::result_for_t<F, decltype(arguments)>>;
    return std::make_shared<detail::MapJob<F, decltype(arguments), Kind>>(
        f, std::move(arguments), Kind(items.size(), std::move(more)...), MapOptions());
}

// A root with one worker and a few calls; their chunks have been sent.
class Root {
  public:
    Root() : driver_(setup()) {
        std::vector<int> numbers(8);
        std::iota(numbers.begin(), numbers.end(), 0);
        const std::vector<std::string> words{"one", "two", "three"};
        const auto hosts = std::make_shared<const std::vector<std::string>>(2, "host");
        const auto length = [](const std::string& word) { return word.size(); };
        const auto sum = [](std::size_t a, std::size_t b) { return a + b; };
        auto arguments = detail::zip<detail::Lifetime::detached>(words);
        jobs_ = {map_job<detail::CollectVector>([](int x) { return x + 1; }, numbers),
                 map_job<detail::CollectVector>([](const std::string& word) { return word + word; }, words),
                 map_job<detail::CollectOutcomes>(length, words, hosts),
                 std::make_shared<detail::FoldJob<decltype(length), decltype(sum), std::size_t, decltype(arguments)>>(
                     length, sum, 0, std::move(arguments), MapOptions())};
        for (const auto& job : jobs_) driver_.submit(job, false);
        step();
    }
    // As the pool ends: what was lost on the way is never finished.
    ~Root() {
        driver_.cancel_all();
        step();
        driver_.stop();
    }
    Root(const Root&) = delete;
    Root& operator=(const Root&) = delete;

    Line& line() { return line_; }
    void step() {
        for (int i = 0; i < 3; ++i) driver_.wait(*jobs_[0], std::chrono::steady_clock::now());
    }

  private:
    detail::Driver::Setup setup() {
        detail::Driver::Setup setup;
        setup.endpoint = &line_;
        setup.root = {0, 2};
        setup.workers = {1};
        setup.background = false;
        return setup;
    }

    Line line_;
    detail::Driver driver_;
    std::vector<std::shared_ptr<detail::Job>> jobs_;
};

// The worker's end, for seeds.
struct ToRoot final : detail::Connection {
    explicit ToRoot(detail::Worker& worker) : worker(worker) {}
    bool exchange() override {
        worker.release_output();
        for (detail::Message message; worker.collect(message);) said.push_back(std::string(text(message.head.bytes())));
        return false;
    }
    std::chrono::nanoseconds longest_sleep() override { return {}; }
    detail::Worker& worker;
    std::vector<std::string> said;
};

}  // namespace

// The first byte says how long the message's bulk is, which comes next.
void run(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    const std::size_t bulk = std::min(std::to_integer<std::size_t>(bytes[0]), bytes.size() - 1);
    const auto owner = std::make_shared<std::vector<std::byte>>(bytes.begin() + 1,
                                                                bytes.begin() + 1 + static_cast<std::ptrdiff_t>(bulk));
    detail::Message message{{}, {owner->data(), owner->size(), owner}};
    const auto head = bytes.subspan(1 + bulk);
    message.head.append(head.data(), head.size());
    Root root;
    root.line().coming.push_back(std::move(message));
    root.step();
}

std::vector<std::string> seeds() {
    Root root;
    detail::Worker worker({.rank = 1, .size = 2}, {});
    ToRoot line(worker);
    for (auto& message : root.line().sent) worker.deliver(std::move(message));
    detail::Message last;
    wire::append_record(last.head, wire::ShutDown{.status = 0, .lost_bytes = 0});
    worker.deliver(std::move(last));
    worker.work(line);
    std::vector<std::string> found;
    const auto add = [&](const std::string& head) { found.push_back(std::string(1, '\0') + head); };
    for (const std::string& message : line.said) add(message);
    detail::Buffer head;
    detail::Buffer error;
    detail::Writer writer(error);
    detail::write(writer, {.kind = detail::ErrorRecord::Kind::domain_error,
                           .index = 0,
                           .rank = 1,
                           .host = "host",
                           .type_name = "std::domain_error",
                           .text = "no licence"});
    wire::append_record(head, wire::SharedAnswer{.kind = wire::Kind::shared_kept, .id = 1, .file = {}});
    wire::append_record(head, wire::ProcessEvent{.kind = wire::Kind::process_ended, .value = 0, .id = 1});
    wire::append_record(head, wire::RecallAnswered{});
    wire::append_record(head, wire::WorkerFailed{.bytes = error.size()});
    wire::append(head, error.bytes());
    wire::append_record(head, wire::Bye{});
    add(std::string(text(head.bytes())));
    return found;
}

}  // namespace hecaton::fuzz
