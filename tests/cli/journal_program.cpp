// A program whose calls can be resumed: journal_program RAN N MILLISECONDS. Each item leaves its number in the file RAN
// when it begins and, as "done NUMBER", when it ends; a start that finds the file there writes "again" first. As long
// as there is a file `hold` in the folder, the last item of the first call does not end. The root prints what is the
// same in every run that comes to its end.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <hecaton/hecaton.hpp>
#include <iostream>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

namespace {

// Plain bytes, so that a lambda may capture it.
struct Trace {
    std::array<char, 160> file{};
    int milliseconds = 0;
    int held = -1;

    void line(const std::string& text) const {
        const int made = ::open(file.data(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        const std::string whole = text + "\n";
        if (made < 0 || ::write(made, whole.data(), whole.size()) < 0) std::abort();
        ::close(made);
    }
    void run(const char* call, int item) const {
        const std::string name = call + std::string(" ") + std::to_string(item);
        line(name);
        do std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
        while (item == held && ::access("hold", F_OK) == 0);
        line("done " + name);
    }
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    Trace trace;
    std::strncpy(trace.file.data(), argv[1], trace.file.size() - 1);
    trace.milliseconds = std::atoi(argv[3]);
    std::vector<int> items(static_cast<std::size_t>(std::atoi(argv[2])));
    std::iota(items.begin(), items.end(), 0);
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        if (::access(argv[1], F_OK) == 0) trace.line("again");
        Trace holding = trace;
        holding.held = items.empty() ? -1 : items.back();
        const auto shared = pool.broadcast(std::vector<double>{0.5, 0.25});
        const auto squares =
            pool.with({.name = "squares"})
                .map([holding](int x) { return holding.run("squares", x), std::to_string(x * x); }, items);
        double sum = 0;
        for (const double part : pool.imap(
                 [trace, shared](int x) {
                     return trace.run("parts", x),
                            x * (*shared)[1] + static_cast<double>(hecaton::this_task::random()() % 1000);
                 },
                 items))
            sum += part;
        const double total =
            pool.map_reduce([trace](int x) { return trace.run("total", x), 1.0 / (x + 1); }, std::plus<>(), 0.0, items);
        std::cout << squares.back() << ' ' << sum << ' ' << std::hexfloat << total << std::endl;
    });
}
