// What libFuzzer calls in each target.
#include <cstdint>
#include <cstring>
#include <exception>
#include <fstream>
#include <fuzz/target.hpp>
#include <iostream>

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
    if (*argc != 3 || std::strcmp((*argv)[1], "--seeds") != 0) return 0;
    const std::string folder = (*argv)[2];
    int number = 0;
    for (const std::string& seed : hecaton::fuzz::seeds()) {
        const std::string path = folder + "/seed-" + std::to_string(++number);
        if (!(std::ofstream(path, std::ios::binary) << seed)) {
            std::cerr << "cannot write " << path << '\n';
            std::exit(1);
        }
    }
    std::exit(0);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        hecaton::fuzz::run({reinterpret_cast<const std::byte*>(data), size});
    } catch (const std::exception&) {  // how bytes are refused
    }
    return 0;
}
