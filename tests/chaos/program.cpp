// A program whose answer is known: chaos_program SEED MICROSECONDS TRACE.
//
// The seed chooses calls of all forms. The root compares each result with that of a plain loop, and prints the answer
// in one line when all are done. The trace tells what ran: "start" when the body begins, "CALL ITEM" when an item
// begins, and "end CALL RESTORED ITEMS" when a call is over; ITEMS is 0 where their number is not known. An item that
// two workers have to run, because the first one died, stands there twice.
#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <hecaton/hecaton.hpp>
#include <random>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

// Of this process, and of the sandboxes that are forked from it: no part of what is captured, and so of no journal's
// keys.
std::string trace_file;  // NOLINT(cert-err58-cpp)
long microseconds = 0;

void trace(const std::string& line) {
    const int file = ::open(trace_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const std::string whole = line + "\n";
    if (file < 0 || ::write(file, whole.data(), whole.size()) < 0) ::_exit(99);
    ::close(file);
}

std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
}

std::uint64_t mix(std::uint64_t sum, std::string_view text) {
    for (const char letter : text) sum = mix(sum + static_cast<unsigned char>(letter));
    return sum;
}

// What an item does.
void work(int call, std::uint64_t item) {
    trace(fmt::format("c{} {}", call, item));
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
}

std::string text_of(std::uint64_t x) { return fmt::format("{:x};", mix(x) % 4'096); }
std::vector<double> much_of(std::uint64_t x) {
    return std::vector<double>(20'000 + x % 20'000, static_cast<double>(x));
}

using Item = std::uint64_t;

class Wrong : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class Calls {
  public:
    Calls(hecaton::Pool& pool, std::uint64_t seed) : pool_(pool), random_(seed) {}

    std::uint64_t all() {
        constexpr void (Calls::*forms[])() = {&Calls::map,    &Calls::starmap,  &Calls::outcomes,   &Calls::imap,
                                              &Calls::large,  &Calls::imap_any, &Calls::map_reduce, &Calls::async,
                                              &Calls::shared, &Calls::endless,  &Calls::random,     &Calls::process};
        const std::uint64_t count = 4 + up_to(3);
        for (std::uint64_t i = 0; i < count; ++i) (this->*forms[up_to(std::size(forms) - 1)])();
        return answer_;
    }

  private:
    std::uint64_t up_to(std::uint64_t most) { return random_() % (most + 1); }
    std::vector<Item> items(std::uint64_t most) {
        std::vector<Item> made(1 + up_to(most - 1));
        for (std::size_t i = 0; i < made.size(); ++i) made[i] = i;
        return made;
    }
    // Many run in sandboxes.
    hecaton::PoolCalls with(int call) {
        hecaton::MapOptions options;
        if (up_to(2) == 0) options.chunk_size = 1 + up_to(9);
        options.attempts = 1'000;
        options.isolate = up_to(2) == 0;
        options.name = fmt::format("c{}", call);
        return pool_.with(options);
    }
    void count(std::uint64_t part) { answer_ = mix(answer_ + part); }
    void count(std::string_view part) { answer_ = mix(answer_, part); }
    void expect(bool right, const char* what) const {
        if (!right) throw Wrong(fmt::format("WRONG: {} (call {})", what, call_));
    }
    void ended(std::uint64_t items) {
        trace(fmt::format("end c{} {} {}", call_, pool_.last_map().restored, items));
        ++call_;
    }

    void map() {
        const auto input = items(50);
        const auto found = with(call_).map([call = call_](Item x) { return work(call, x), text_of(x); }, input);
        expect(found.size() == input.size(), "map: the number of results");
        for (const Item x : input) {
            expect(found[x] == text_of(x), "map");
            count(found[x]);
        }
        ended(input.size());
    }
    void starmap() {
        std::vector<std::pair<Item, std::string>> input;
        for (const Item x : items(40)) input.emplace_back(x, text_of(x + 7));
        const auto found = with(call_).starmap(
            [call = call_](Item x, const std::string& text) { return work(call, x), text + text_of(x); }, input);
        for (const auto& [x, text] : input) {
            expect(found.at(x) == text + text_of(x), "starmap");
            count(found[x]);
        }
        ended(input.size());
    }
    // Items and results of some 300 kB, so that a rank may die in the middle of one.
    void large() {
        std::vector<std::vector<double>> input;
        for (const Item x : items(20)) input.push_back(much_of(x));
        const auto found = with(call_).map(
            [call = call_](const std::vector<double>& of) {
                work(call, static_cast<Item>(of.front()));
                auto result = of;
                result.push_back(1);
                return result;
            },
            input);
        for (std::size_t i = 0; i < input.size(); ++i) {
            input[i].push_back(1);
            expect(found.at(i) == input[i], "map of large values");
        }
        count(found.size());
        ended(input.size());
    }
    void outcomes() {
        const auto input = items(40);
        const auto found = with(call_).map_outcomes(
            [call = call_](Item x) { return work(call, x), x % 5 == 3 ? throw std::domain_error("no") : mix(x); },
            input);
        for (const Item x : input) {
            expect(found.at(x).has_value() == (x % 5 != 3) && found[x].index == x, "map_outcomes");
            if (found[x].has_value()) expect(found[x].value() == mix(x), "map_outcomes: a value");
        }
        count(found.size());
        ++call_;  // those that failed run again
    }
    void imap() {
        const auto input = items(50);
        Item next = 0;
        for (const std::string& text :
             with(call_).imap([call = call_](Item x) { return work(call, x), text_of(x); }, input)) {
            expect(text == text_of(next++), "imap");
            count(text);
        }
        expect(next == input.size(), "imap: the number of results");
        ++call_;  // last_map() knows of no lazy calls
    }
    void imap_any() {
        const auto input = items(50);
        Item sum = 0;
        for (const Item y : with(call_).imap_unordered([call = call_](Item x) { return work(call, x), mix(x); }, input))
            sum += y;
        for (const Item x : input) sum -= mix(x);
        expect(sum == 0, "imap_unordered");
        ++call_;
    }
    void endless() {
        const Item stop = up_to(30);
        Item next = 0;
        for (const Item y : with(call_).imap([call = call_](Item x) { return work(call, x), mix(x + 1); },
                                             std::views::iota(Item{0}))) {
            expect(y == mix(next + 1), "imap of an endless input");
            if (next++ == stop) break;
        }
        count(next);
        ++call_;
    }
    void map_reduce() {
        const auto input = items(60);
        std::string expected = "<";
        for (const Item x : input) expected += text_of(x);
        const auto found = with(call_).map_reduce([call = call_](Item x) { return work(call, x), text_of(x); },
                                                  std::plus<>(), std::string("<"), input);
        expect(found == expected, "map_reduce");
        count(found);
        ended(input.size());
        // Digits are those of any other number of ranks.
        const double sum = with(call_).map_reduce(
            [call = call_](Item x) { return work(call, x), 1.0 / (1.0 + static_cast<double>(x)); }, std::plus<>(), 0.0,
            input);
        count(fmt::format("{:a}", sum));
        ended(input.size());
    }
    void async() {
        std::vector<std::vector<Item>> inputs{items(20), items(20)};
        std::vector<hecaton::AsyncResult<std::vector<Item>>> results;
        const int first = call_;
        for (std::size_t i = 0; i < inputs.size(); ++i)
            results.push_back(with(first + static_cast<int>(i))
                                  .map_async([call = first + static_cast<int>(i)](
                                                 Item x) { return work(call, x), mix(x) + static_cast<Item>(call); },
                                             inputs[i]));
        auto one = with(first + 2).apply_async([call = first + 2](Item x) { return work(call, 0), mix(x); }, Item{5});
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            const auto found = results[i].get();
            for (const Item x : inputs[i]) expect(found.at(x) == mix(x) + static_cast<Item>(call_), "map_async");
            trace(fmt::format("end c{} {} {}", call_, results[i].report().restored, inputs[i].size()));
            ++call_;
        }
        expect(one.get() == mix(5), "apply_async");
        ++call_;
        count(1);
    }
    void shared() {
        const auto input = items(30);
        const auto numbers = much_of(up_to(5'000));
        const auto value = pool_.broadcast(numbers);
        const auto found = with(call_).map(
            [call = call_, value](Item x) { return work(call, x), (*value)[x] + static_cast<double>(value->size()); },
            input);
        for (const Item x : input)
            expect(found.at(x) == numbers[x] + static_cast<double>(numbers.size()), "a shared value");
        count(numbers.size());
        ended(input.size());
        if (up_to(1) == 0) pool_.release(value);
    }
    // The same numbers wherever it runs.
    void random() {
        const auto input = items(40);
        const auto found =
            with(call_).map([call = call_](Item x) { return work(call, x), hecaton::this_task::random()(); }, input);
        for (const auto one : found) count(one);
        ended(input.size());
    }
    // One that is killed has to be started again by the program, on the next rank where that cannot fork any more.
    void process() {
        int refused = 0;
        for (std::optional<int> code; code != 3;) try {
                hecaton::Process process(
                    pool_, [](int of) { work(of, 0), ::_exit(3); }, call_);
                process.start();
                process.join();
                code = process.exit_code();
                expect(code == 3 || (code && *code < 0), "Process");
            } catch (const hecaton::ProcessError&) {
                if (++refused > pool_.size()) ::kill(::getpid(), SIGKILL);
            }
        count(3);
        ++call_;
    }

    hecaton::Pool& pool_;
    std::mt19937_64 random_;
    std::uint64_t answer_ = 1;
    int call_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const std::uint64_t seed = std::strtoull(argv[1], nullptr, 10);
    microseconds = std::atol(argv[2]);
    trace_file = argv[3];
    return hecaton::run(argc, argv, [seed](hecaton::Pool& pool) {
        trace("start");
        fmt::print("answer {:016x}\n", Calls(pool, seed).all());
    });
}
