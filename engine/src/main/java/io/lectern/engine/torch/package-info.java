/**
 * The tensor runtime: libtorch through DJL, driven by kernels written as TorchScript text. Everything of DJL and JNI
 * stays behind {@link io.lectern.engine.torch.TorchBackend}.
 */
package io.lectern.engine.torch;
