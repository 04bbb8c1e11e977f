#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/program/runnable.hpp>

#include <elf.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <hecaton/foundation/subprocess.hpp>
#include <hecaton/launch/command.hpp>
#include <sstream>

namespace hecaton::launcher {
namespace {

namespace fs = std::filesystem;

bool is_script(const std::string& file) {
    std::array<char, 2> begin{};
    std::ifstream(file, std::ios::binary).read(begin.data(), begin.size());
    return begin[0] == '#' && begin[1] == '!';
}

// With what errno the kernel refuses the file; 0 where it does not, or cannot be asked. A process that is traced stops
// when it has become the program, before the program's first instruction, and there it is ended.
int kernels_refusal(const std::string& file) {
    auto report = detail::make_pipe();
    if (!report.read) return 0;
    std::string name = file;
    const std::array<char*, 2> argv{name.data(), nullptr};
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent || ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(1);
        ::execv(name.c_str(), argv.data());
        const int problem = errno;
        [[maybe_unused]] const auto written = ::write(report.write.get(), &problem, sizeof problem);
        ::_exit(1);
    }
    if (child < 0) return 0;
    report.write.reset();
    int problem = 0;
    [[maybe_unused]] const auto size =
        ::read(report.read.get(), &problem, sizeof problem);  // nothing when it was taken
    ::kill(child, SIGKILL);
    while (::waitpid(child, nullptr, __WALL) > 0 || errno == EINTR) {  // its stop, and its end
    }
    return problem;
}

// What `loader --list program` prints.
std::string ask_loader(const std::string& loader, const std::string& program,
                       const detail::launch::Variables& environment, const std::string& folder) {
    using detail::Subprocess;
    return Subprocess::run({.argv = {loader, "--list", program},
                            .environment = detail::launch::environment_strings({}, environment),
                            .folder = folder,
                            .errors = Subprocess::Errors::with_output},
                           std::chrono::seconds(10))
        .output;
}

std::string machine_name(const ElfKind& kind) {
    const auto name = [&](const char* small, const char* large) {
        return std::string(kind.bits == 64 ? large : small);
    };
    switch (kind.machine) {
        case EM_386:
            return "32-bit x86";
        case EM_X86_64:
            return name("x32", "x86-64");
        case EM_ARM:
            return "32-bit ARM";
        case EM_AARCH64:
            return "aarch64 (64-bit ARM)";
        case EM_PPC64:
            return kind.little_endian ? "ppc64le" : "ppc64";
        case EM_RISCV:
            return name("riscv32", "riscv64");
        case EM_S390:
            return name("s390", "s390x");
        default:
            return fmt::format("ELF's machine {}", kind.machine);
    }
}

const char* who_has_loader(const std::string& loader) {
    const std::string name = fs::path(loader).filename();
    if (name.starts_with("ld-musl")) return "install musl";
    if (name == "ld-linux.so.2") return "install the 32-bit C library (on Debian and Ubuntu: libc6-i386)";
    return "install what it belongs to";
}

// What the kernel's refusal means; it may have other reasons, which the start will tell.
Unfit explained(int problem, const std::string& program, const ElfKind& kind) {
    if (problem == ENOENT && !kind.interpreter.empty() && !exists(kind.interpreter))
        return {fmt::format("{} asks for the loader {}, which is not there", program, kind.interpreter),
                fmt::format("{}, or build the program on this machine", who_has_loader(kind.interpreter))};
    if (problem != ENOEXEC) return {};
    if (is_native(kind))
        return {fmt::format("{} is a program for this kind of machine, but the kernel does not run it", program),
                "the file is damaged: build it, or copy it here, again"};
    if (kind.bits == 0)
        return {fmt::format("{} is neither a program nor a script", program),
                "a script begins with a line like #!/bin/sh"};
    return {fmt::format("{} was built for another kind of machine, {}; this one is {}", program, machine_name(kind),
                        machine_name(elf_kind("/proc/self/exe"))),
            "build it on this machine, or install what runs it here (on Debian and Ubuntu: qemu-user-static)"};
}

// What the loader misses, in its own words.
Unfit missing_libraries(const std::string& program, const std::string& said) {
    std::vector<std::string> missing;
    std::string old;
    std::istringstream lines(said);
    for (std::string line; std::getline(lines, line);) {
        constexpr std::string_view failed = "error while loading shared libraries: ";
        const auto name = line.find_first_not_of(" \t");
        const auto arrow = line.find(" => not found");
        const auto fatal = line.find(failed);
        if (name == std::string::npos) continue;
        if (arrow != std::string::npos) missing.push_back(line.substr(name, arrow - name));
        if (fatal != std::string::npos) {
            const auto begin = fatal + failed.size();
            missing.push_back(line.substr(begin, line.find(':', begin) - begin));
        }
        // "./prog: /lib/libc.so.6: version `GLIBC_2.38' not found (required by ./prog)"
        const auto version = line.find(": version `");
        if (old.empty() && version != std::string::npos) {
            const auto library = line.rfind(": ", version - 1);
            old = line.substr(library == std::string::npos ? 0 : library + 2);
        }
    }
    if (!missing.empty())
        return {fmt::format("{} needs {}, which the loader does not find", program, fmt::join(missing, ", ")),
                missing.size() == 1 ? "install it, or add its directory to LD_LIBRARY_PATH"
                                    : "install them, or add their directories to LD_LIBRARY_PATH"};
    if (!old.empty())
        return {fmt::format("{} was built with a newer library than the one here: {}", program, old),
                "build it on this machine, or on one as old as the oldest that is to run it"};
    return {};
}

}  // namespace

Unfit unfit(const std::string& program, const std::vector<Library>& libraries,
            const detail::launch::Variables& environment, const std::string& folder, Look look) {
    const ElfKind kind = elf_kind(program);
    const bool loader_missing = !kind.interpreter.empty() && !exists(kind.interpreter);
    if (program.empty() || (kind.bits == 0 && is_script(program))) return {};
    if (!is_native(kind) || loader_missing) return explained(kernels_refusal(program), program, kind);
    // musl's loader and others' search in places of their own.
    if (!fs::path(kind.interpreter).filename().string().starts_with("ld-linux")) return {};
    const auto not_found = [](const Library& library) { return library.path.empty(); };
    if (look == Look::quick && std::ranges::none_of(libraries, not_found)) return {};
    std::error_code ignored;
    return missing_libraries(
        program, ask_loader(kind.interpreter, fs::absolute(program, ignored).string(), environment, folder));
}

std::string one_line(const Unfit& unfit) {
    return unfit.what.empty() ? std::string() : fmt::format("{}: {}", unfit.what, unfit.mend);
}

}  // namespace hecaton::launcher
